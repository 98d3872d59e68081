using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>What the server refuses before there is a request is in the audit trail too, and a refusal whose end nobody can doubt leaves the connection open.</summary>
public sealed class ServerRefusalTests
{
    private const string Good = "GET /.gateway/health/live HTTP/1.1\r\nHost: mail.contoso.com\r\n";

    private static readonly byte[] _owa = RawHttp2.Block("GET", "/owa/");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int, string> Broken => new()
    {
        { "a space before the colon", "GET /owa/ HTTP/1.1\r\nHost : mail.contoso.com\r\n\r\n", 400, "malformed-request" },
        { "two hosts", "GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nHost: ex1.contoso.test\r\n\r\n", 400, "malformed-request" },
        { "no host", "GET /owa/ HTTP/1.1\r\n\r\n", 400, "malformed-request" },
        { "lines that end in LF", "GET /owa/ HTTP/1.1\nHost: mail.contoso.com\n\n", 400, "malformed-request" },
        { "a folded line", "GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nX-A: b\r\n c\r\n\r\n", 400, "malformed-request" },
        { "two lengths", "POST /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400, "malformed-request" },
        { "no version", "GET /owa/\r\n\r\n", 400, "malformed-request" },
        { "another version", "GET /owa/ HTTP/3.7\r\nHost: mail.contoso.com\r\n\r\n", 505, "malformed-request" },
        { "a line too long", $"GET /owa/?{new string('a', 20_000)} HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\n", 414, "header-too-large" },
        { "fields too long", $"GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nX-A: {new string('a', 70_000)}\r\n\r\n", 431, "header-too-large" },
        { "too many fields", $"GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\n{string.Concat(Enumerable.Range(0, 101).Select(n => $"X-{n}: a\r\n"))}\r\n", 431, "header-too-large" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task what_the_server_refuses_before_there_is_a_request_is_counted_in_the_audit_trail(string shape, string request, int status, string reason)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        for (var n = 0; n < 3; n++)
        {
            await using var connection = await network.ConnectAsync(Cancel);
            Assert.Equal([200, status], (await RawConnection.TalkAsync(connection, $"{Good}\r\n{request}")).Select(reply => reply.Status));
        }

        await network.RestartAsync(); // counts are written on the way out
        var line = Assert.Single(network.Audit.Lines, line => line["event.action"] == "attack-refused");
        Assert.True((line["gateway.reason"], line["gateway.count"], line["source.ip"], line["event.outcome"]) == (reason, "3", "127.0.0.1", "failure"), $"{shape}: {line.Json}");
        Assert.NotNull(line["event.id"]);
        Assert.Empty(network.Exchange.Requests);
    }

    [Fact]
    public async Task a_header_that_does_not_come_in_time_is_counted()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Limits"]!["HeaderTimeout"] = "00:00:01" });
        await using (var connection = await network.ConnectAsync(Cancel))
            Assert.Equal(408, Assert.Single(await RawConnection.TalkAsync(connection, "GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nX-")).Status);

        await network.RestartAsync();

        Assert.Equal("request-too-slow", Assert.Single(network.Audit.Lines)["gateway.reason"]);
    }

    [Fact]
    public async Task a_chunk_that_breaks_on_its_way_is_told_once()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await using (var connection = await network.ConnectAsync(Cancel))
        {
            var reply = Assert.Single(await RawConnection.TalkAsync(
                connection, "POST /.gateway/signin-oidc/oidc HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nG\r\nhello\r\n"));
            Assert.Equal(400, reply.Status);
        }

        await network.RestartAsync();

        Assert.Equal("malformed-request", Assert.Single(network.Audit.Lines)["gateway.reason"]);
    }

    [Fact]
    public async Task what_the_management_listener_refuses_is_no_attack_on_the_public_one()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", network.ManagementPort, Cancel);
            Assert.Equal(400, Assert.Single(await RawConnection.TalkAsync(client.GetStream(), "GET / HTTP/1.1\r\nHost : x\r\n\r\n")).Status);
        }

        await network.RestartAsync();

        Assert.Empty(network.Audit.Lines);
    }

    /// <summary>Frames that no HTTP/2 has (RFC 9113): each ends the connection.</summary>
    public static TheoryData<string, byte[]> Violations => new()
    {
        { "data on a stream that nobody opened", RawHttp2.Frame(RawHttp2.Data, 0, 1, 1) },
        { "an even stream", RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 2, _owa) },
        { "a continuation of nothing", RawHttp2.Frame(RawHttp2.Continuation, RawHttp2.EndHeaders, 1, _owa) },
        { "settings of seven bytes", RawHttp2.Frame(RawHttp2.Settings, 0, 0, 0, 4, 0, 1, 0, 0, 0) },
        { "a window of nothing", RawHttp2.Frame(RawHttp2.WindowUpdate, 0, 0, 0, 0, 0, 0) },
        { "a header block that cannot be read", RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) },
        { "an unknown pseudo-header", RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, RawHttp2.Block("GET", "/owa/", (":mark", "z"))) },
        { "a name in large letters", RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, RawHttp2.Block("GET", "/owa/", ("X-Mark", "z"))) },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task a_connection_that_the_server_ends_for_what_is_no_http2_is_counted(string shape, byte[] frame)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });

        for (var n = 0; n < 2; n++)
        {
            await using var connection = await RawHttp2.ConnectAsync(network);
            await connection.SendAsync(frame);
            await connection.EndAsync();
        }

        await network.RestartAsync();
        var line = Assert.Single(network.Audit.Lines, line => line["event.action"] == "attack-refused");
        Assert.True((line["gateway.reason"], line["gateway.count"], line["source.ip"]) == ("http2-violation", "2", "127.0.0.1"), $"{shape}: {line.Json}");
    }

    [Fact]
    public async Task a_flood_of_frames_is_counted_as_one()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });
        await using (var connection = await RawHttp2.ConnectAsync(network))
        {
            await connection.FloodAsync(_ => RawHttp2.Frame(RawHttp2.Priority, 0, 1, 0, 0, 0, 0, 16), 100_000);
            await connection.EndAsync();
        }

        await network.RestartAsync();

        Assert.Equal("http2-flood", Assert.Single(network.Audit.Lines)["gateway.reason"]);
    }

    [Fact]
    public async Task connections_that_end_as_they_should_are_nothing_to_tell()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });
        var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        using (var client = new HttpClient(handler) { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact })
        {
            client.DefaultRequestHeaders.Host = "mail.contoso.com";
            using var answer = await client.GetAsync(new Uri($"https://127.0.0.1:{network.Port}/.gateway/health/live"), Cancel);
            Assert.True(answer.IsSuccessStatusCode);
        }

        foreach (var goodbye in new byte[][] { RawHttp2.Frame(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), [] })
        {
            await using var connection = await RawHttp2.ConnectAsync(network);
            await connection.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, _owa));
            Assert.Equal(RawHttp2.Headers, await connection.AnswerOrEndAsync(1));
            await connection.SendAsync(goodbye);
            if (goodbye.Length > 0) await connection.EndAsync();
        }

        await using (var open = await RawHttp2.ConnectAsync(network)) // one that is open when the gateway stops
        {
            await open.SendAsync(RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndStream | RawHttp2.EndHeaders, 1, _owa));
            Assert.Equal(RawHttp2.Headers, await open.AnswerOrEndAsync(1));
            await network.RestartAsync();
        }

        Assert.DoesNotContain(network.Audit.Lines, line => line["event.action"] == "attack-refused");
    }

    /// <summary>Ends that two readers see in two places, in requests that are refused before anybody looked, or for another reason.</summary>
    [Theory]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG")]
    [InlineData("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X\u0001Content-Length: 5\r\n\r\n")]
    public async Task what_ends_in_two_places_closes_its_connection_whatever_it_is_refused_for(string rest)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Limits"] = new System.Text.Json.Nodes.JsonObject { ["AddressRequestsPerMinute"] = 10 } });
        for (var n = 0; n < 11; n++) await RawConnection.GetAsync(network, "/.gateway/session");
        await using var connection = await network.ConnectAsync(Cancel);

        var replies = await RawConnection.TalkAsync(connection, $"POST /owa/service.svc HTTP/1.1\r\nHost: mail.contoso.com\r\n{rest}{Good}Connection: close\r\n\r\n");

        Assert.Equal(429, Assert.Single(replies).Status);
        await using var other = await network.ConnectAsync(Cancel);
        Assert.Equal([429, 429], (await RawConnection.TalkAsync(other, $"{Good}\r\n{Good}Connection: close\r\n\r\n")).Select(reply => reply.Status)); // a sound one may be followed
    }

    [Theory]
    [InlineData("a known attack", "GET /owa/?__VIEWSTATE=TUFSSw== HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\n", true)]
    [InlineData("no canonical form", "GET /owa/%252e%252e/powershell HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\n", true)]
    [InlineData("an attack cookie", "GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: X-BEResource=x~1\r\n\r\n", true)]
    [InlineData("another host", "GET /owa/ HTTP/1.1\r\nHost: ex1.contoso.test\r\n\r\n", true)]
    [InlineData("a known attack with a body", "POST /owa/?__VIEWSTATE=TUFSSw== HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Length: 5\r\n\r\nhello", false)]
    [InlineData("a known attack that says it has no body", "POST /owa/?__VIEWSTATE=TUFSSw== HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("a known attack in chunks", "POST /owa/?__VIEWSTATE=TUFSSw== HTTP/1.1\r\nHost: mail.contoso.com\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false)]
    [InlineData("a field that is none", "GET /owa/?__VIEWSTATE=TUFSSw== HTTP/1.1\r\nHost: mail.contoso.com\r\nX\u0001: y\r\n\r\n", false)]
    [InlineData("another protocol", "GET /owa/?__VIEWSTATE=TUFSSw== HTTP/1.1\r\nHost: mail.contoso.com\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", false)]
    public async Task a_refused_request_leaves_its_connection_open_only_where_its_end_is_beyond_doubt(string shape, string request, bool open)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await using var connection = await network.ConnectAsync(Cancel);

        var replies = await RawConnection.TalkAsync(connection, $"{request}{Good}Connection: close\r\n\r\n");

        Assert.True(replies.Select(reply => reply.Status).SequenceEqual(open ? [400, 200] : [400]), $"{shape}: {string.Join(' ', replies.Select(reply => reply.Status))}");
        Assert.Empty(network.Exchange.Requests);
    }
}
