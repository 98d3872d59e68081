using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>Tens of thousands of headers that must not arrive, over the real wire on both sides; with them nominations to drop the gateway's own.</summary>
public sealed class SpoofingTests(WireEstate estate) : IClassFixture<WireEstate>
{
    private const int EachProtocol = 25_200, InOneRequest = 84; // Kestrel takes 100 fields

    private static readonly string[] _mayArrive =
        ["Host", "Cookie", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Content-Length"];

    [Fact]
    public async Task no_spoofed_header_arrives_over_HTTP_1()
    {
        estate.Exchange.Clear();
        var spoofed = new SpoofedHeaders(1);
        await using var connection = await estate.ConnectAsync();
        var requests = Enumerable.Range(0, EachProtocol / InOneRequest).Select(n =>
            $"GET /owa/?n={n} HTTP/1.1\r\nHost: mail.contoso.com\r\nUser-Agent: test\r\nCookie: {Cookies}\r\n"
            + $"Connection: keep-alive, X-Forwarded-For, x-forwarded-host, Cookie, Host, User-Agent, Authorization\r\nTE: trailers, gzip\r\nKeep-Alive: {SpoofedHeaders.Mark}\r\n"
            + string.Concat(Enumerable.Range(0, InOneRequest).Select(_ => spoofed.Next()).Select(h => $"{h.Name}: {h.Value}\r\n")) + "\r\n");

        var replies = await RawConnection.TalkAsync(
            connection, string.Concat(requests) + "GET /owa/?last HTTP/1.1\r\nHost: mail.contoso.com\r\nConnection: close\r\n\r\n");

        Assert.Equal(EachProtocol / InOneRequest, replies.Count(reply => reply.Status == 200));
        ExpectNothingArrived();
    }

    [Fact]
    public async Task no_spoofed_header_arrives_over_HTTP_2()
    {
        estate.Exchange.Clear();
        var spoofed = new SpoofedHeaders(2);
        await using var wire = await estate.ConnectHttp2Async();

        foreach (var batch in Enumerable.Range(0, EachProtocol / InOneRequest).Chunk(50))
        {
            var replies = await wire.SendAllAsync(batch.Select(n => Http2Wire.Request(
                "GET", $"/owa/?n={n}",
                [("user-agent", "test"), ("cookie", Cookies), ("te", "trailers"), .. Enumerable.Range(0, InOneRequest).Select(_ => spoofed.Next()).Select(h => (h.Name.ToLowerInvariant(), h.Value))])));
            Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        }

        ExpectNothingArrived();
    }

    [Fact]
    public async Task trailers_of_a_body_never_become_headers()
    {
        estate.Exchange.Clear();
        var spoofed = new SpoofedHeaders(3);
        await using var connection = await estate.ConnectAsync();
        var trailers = string.Concat(Enumerable.Range(0, 60).Select(_ => spoofed.Next()).Select(h => $"{h.Name}: {h.Value}\r\n"));

        await RawConnection.TalkAsync(
            connection,
            $"POST /owa/service.svc?n=1 HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\nTrailer: X-CommonAccessToken\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{{}}\r\n0\r\n{trailers}\r\n");

        var request = Assert.Single(estate.Exchange.Requests);
        Assert.DoesNotContain(request.Fields, line => line.Contains(SpoofedHeaders.Mark, StringComparison.Ordinal));
        Assert.Empty(estate.Exchange.Faults);
    }

    [Theory]
    [InlineData(70_000, 1)]
    [InlineData(10, 200)]
    public async Task too_much_of_a_header_is_431(int length, int times)
    {
        estate.Exchange.Clear();
        await using var connection = await estate.ConnectAsync();
        var fields = string.Concat(Enumerable.Range(0, times).Select(n => $"X-OWA-{n}: {new string('x', length)}\r\n"));

        var replies = await RawConnection.TalkAsync(connection, $"GET /owa/?n=1 HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\n{fields}\r\n");

        Assert.All(replies, reply => Assert.Equal(431, reply.Status)); // the answer is lost when the connection breaks with bytes unread
        Assert.Empty(estate.Exchange.Requests);
    }

    /// <summary>More than Kestrel takes unless told otherwise, and not for ever more.</summary>
    [Theory]
    [InlineData(16_000, 200)]
    [InlineData(16_400, 414)]
    public async Task a_request_line_may_have_16_KiB(int letters, int status)
    {
        estate.Exchange.Clear();
        var target = $"/owa/?n={new string('x', letters - "/owa/?n=".Length)}";
        await using var connection = await estate.ConnectAsync();
        await using var wire = await estate.ConnectHttp2Async();

        var replies = await RawConnection.TalkAsync(connection, $"GET {target} HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\nConnection: close\r\n\r\n");
        var reply = await wire.SendAsync(Http2Wire.Request("GET", target, ("cookie", estate.Session)));

        Assert.All(replies, answer => Assert.Equal(status, answer.Status)); // the answer is lost when the connection breaks with bytes unread
        Assert.Equal(status == 200 ? 200 : 0, reply.Status);
        Assert.Equal(status == 200 ? [target, target] : [], estate.Exchange.Requests.Select(request => request.Target));
    }

    private string Cookies =>
        $"{estate.Session}; X-BackEndOverrideCookie={SpoofedHeaders.Mark}; X-BackEndCookie={SpoofedHeaders.Mark}; exchangecookie={SpoofedHeaders.Mark}; UserContext={SpoofedHeaders.Mark}; __host-MFAGW-x={SpoofedHeaders.Mark}";

    private void ExpectNothingArrived()
    {
        Assert.Empty(estate.Exchange.Faults);
        Assert.Equal(EachProtocol / InOneRequest, estate.Exchange.Requests.Count);
        foreach (var request in estate.Exchange.Requests)
        {
            Assert.DoesNotContain(request.Fields, line => line.Contains(SpoofedHeaders.Mark, StringComparison.OrdinalIgnoreCase));
            Assert.All(request.Names, name => Assert.Contains(name, _mayArrive, StringComparer.OrdinalIgnoreCase));
            Assert.Equal(["127.0.0.1", "https", "mail.contoso.com", "mail.contoso.com"],
                [request.Field("X-Forwarded-For"), request.Field("X-Forwarded-Proto"), request.Field("X-Forwarded-Host"), request.Field("Host")]);
            Assert.Equal("test", request.Field("User-Agent"));
        }
    }
}
