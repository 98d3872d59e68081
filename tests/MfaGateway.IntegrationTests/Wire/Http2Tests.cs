using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>
/// Requests of HTTP/2 that would be another request, or two, once written as HTTP/1.1 for Exchange (RFC 9113, 8.2, 8.3 and 10.3). Refused, by a reset or 400; or one
/// request reaches Exchange that means what it meant. The next one is unharmed.
/// </summary>
public sealed class Http2Tests(WireEstate estate) : IClassFixture<WireEstate>
{
    private const string Smuggled = "x\r\nContent-Length: 0\r\n\r\nGET /owa/?smuggled HTTP/1.1\r\nX: y";

    public static TheoryData<string, string[]> Malformed => new()
    {
        { "CR LF in a value", ["user-agent", Smuggled] },
        { "CR in a value", ["user-agent", "x\ry"] },
        { "LF in a value", ["user-agent", "x\ny"] },
        { "null in a value", ["user-agent", "x\0y"] },
        { "CR LF in a value that is dropped", ["x-mark", Smuggled] },
        { "CR LF in a cookie", ["cookie", "a=b\r\nX-CommonAccessToken: TUFSSw=="] },
        { "CR LF in a name", ["x-mark: y\r\nx-other", "z"] },
        { "CR LF in a name that is let through", ["x-owa-a: y\r\nx-commonaccesstoken", "z"] },
        { "colon in a name", ["x-mark:", "z"] },
        { "space in a name", ["x mark", "z"] },
        { "null in a name", ["x\0mark", "z"] },
        { "empty name", ["", "z"] },
        { "upper case", ["X-Mark", "z"] },
        { "transfer-encoding", ["transfer-encoding", "chunked"] },
        { "transfer-encoding twice", ["transfer-encoding", "chunked", "transfer-encoding", "identity"] },
        { "connection", ["connection", "close, x-forwarded-for"] },
        { "keep-alive", ["keep-alive", "timeout=9999"] },
        { "proxy-connection", ["proxy-connection", "keep-alive"] },
        { "upgrade", ["upgrade", "websocket"] },
        { "te other than trailers", ["te", "gzip"] },
        { "pseudo-header behind a field", ["x-mark", "z", ":path", "/owa/?second"] },
        { ":method again", [":method", "POST"] },
        { ":path again", [":path", "/powershell"] },
        { ":authority again", [":authority", "ex1.contoso.test"] },
        { ":scheme again", [":scheme", "http"] },
        { "unknown pseudo-header", [":mark", "z"] },
        { ":status in a request", [":status", "200"] },
        { "empty pseudo-header name", [":", "z"] },
        { "bell in a value", ["user-agent", "x\ay"] },
        { "delete in a value", ["user-agent", "x\x7fy"] },
        { "a length for what has none", ["content-length", "5"] },
        { "a cookie that only attacks send, in a field of its own (RFC 9113, 8.2.3)", ["cookie", "X-BEResource=exch02~1"] },
        { "such a cookie, and others behind it", ["cookie", "X-AnonResource-Backend=attacker.example/x?~1", "cookie", "a=b"] },
        { "such a cookie without a value", ["cookie", "securitytoken"] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task a_malformed_request_does_not_reach_Exchange(string shape, string[] fields)
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();

        var reply = await wire.SendAsync(Http2Wire.Request("GET", "/owa/?n=1", [("cookie", estate.Session), .. fields.Chunk(2).Select(f => (f[0], f[1]))]));

        Assert.True(reply.Status is 0 or 400, $"{shape}: {reply} {string.Join('\n', estate.Exchange.Requests)}");
        Assert.Empty(estate.Exchange.Requests);
        await Unharmed();
    }

    [Theory]
    [InlineData(":method", "GET /powershell HTTP/1.1\r\nX: y\r\n\r\nGET")]
    [InlineData(":method", "GET /")]
    [InlineData(":method", "")]
    [InlineData(":method", "get")]
    [InlineData(":method", "CONNECT")]
    [InlineData(":method", "TRACE")]
    [InlineData(":path", "/owa/?n=1 HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\nGET /powershell")]
    [InlineData(":path", "/owa/?n=1 HTTP/1.1")]
    [InlineData(":path", "/owa/ ?n=1")]
    [InlineData(":path", "/owa/?n=1#fragment")]
    [InlineData(":path", "/owa/?n=\0")]
    [InlineData(":path", "/owa/\xe9")]
    [InlineData(":path", "")]
    [InlineData(":path", "*")]
    [InlineData(":path", "owa/")]
    [InlineData(":path", "?n=1")]
    [InlineData(":path", "//ex1.contoso.test/owa/")]
    [InlineData(":path", "https://mail.contoso.com/owa/")]
    [InlineData(":path", "https://ex1.contoso.test:444/ecp/")]
    [InlineData(":path", "ex1.contoso.test:444")]
    [InlineData(":authority", "ex1.contoso.test")]
    [InlineData(":authority", "mail.contoso.com:444")]
    [InlineData(":authority", "alice@mail.contoso.com")]
    [InlineData(":authority", "mail.contoso.com\r\nX-CommonAccessToken: TUFSSw==")]
    [InlineData(":authority", "mail.contoso.com/powershell")]
    [InlineData(":authority", "m\xc3\xa4il.contoso.com")]
    [InlineData(":authority", "mail.contoso.com.")]
    [InlineData(":authority", "")]
    [InlineData(":scheme", "http")]
    [InlineData(":scheme", "https://mail.contoso.com/owa/?")]
    [InlineData(":scheme", "")]
    public async Task a_pseudo_header_with_another_meaning_does_not_reach_Exchange(string name, string value)
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();
        var fields = Http2Wire.Request("GET", "/owa/?n=1", ("cookie", estate.Session)).Select(field => field.Name == name ? (name, value) : field).ToArray();

        var reply = await wire.SendAsync(fields);

        Assert.True(reply.Status is 0 or 400 or 405, reply.ToString());
        Assert.Empty(estate.Exchange.Requests);
        await Unharmed();
    }

    [Theory]
    [InlineData(":method")]
    [InlineData(":scheme")]
    [InlineData(":authority")]
    [InlineData(":path")]
    public async Task a_request_without_a_pseudo_header_does_not_reach_Exchange(string name)
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();

        var reply = await wire.SendAsync([.. Http2Wire.Request("GET", "/owa/?n=1", ("cookie", estate.Session)).Where(field => field.Name != name)]);

        Assert.True(reply.Status is 0 or 400, reply.ToString());
        Assert.Empty(estate.Exchange.Requests);
    }

    [Theory]
    [InlineData("5", "hello, and a request that nobody asked for")]
    [InlineData("50", "hello")]
    [InlineData("+5", "hello", true)]
    [InlineData("-1", "")]
    [InlineData("5, 5", "hello")]
    [InlineData("0x5", "hello")]
    [InlineData("5", "hello", true)]
    public async Task a_body_of_another_length_than_announced_is_never_a_whole_request(string length, string body, bool sound = false)
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();

        var reply = await wire.SendAsync(Http2Wire.Request("POST", "/owa/service.svc?n=1", ("cookie", estate.Session), ("content-length", length)), body);

        Assert.True(sound ? reply.Status == 200 : reply.Status is 0 or 400, reply.ToString());
        Assert.Equal(sound ? [body] : [], estate.Exchange.Requests.Select(request => request.Body));
        await Unharmed();
    }

    /// <summary>Kestrel puts <c>:authority</c> in the place of every Host field, so nobody sees that another one stood there; Exchange gets the public name in any case.</summary>
    [Theory]
    [InlineData("ex1.contoso.test")]
    [InlineData("mail.contoso.com", "ex1.contoso.test")]
    public async Task a_host_beside_the_authority_counts_for_nothing(params string[] hosts)
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();

        var reply = await wire.SendAsync(Http2Wire.Request("GET", "/owa/?n=1", [("cookie", estate.Session), .. hosts.Select(host => ("host", host))]));

        Assert.Equal(200, reply.Status);
        Assert.Equal("mail.contoso.com", Assert.Single(estate.Exchange.Requests).Field("Host"));
    }

    [Fact]
    public async Task trailers_do_not_become_headers()
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();

        var reply = await wire.SendAsync(
            Http2Wire.Request("POST", "/owa/service.svc?n=1", ("cookie", estate.Session)), "hello",
            [("x-commonaccesstoken", "TUFSSw=="), ("x-anchormailbox", "admin@contoso.com"), ("x-owa-canary", "abc"), ("cookie", "cadata=1"), ("content-length", "3")]);

        Assert.Equal(200, reply.Status);
        var request = Assert.Single(estate.Exchange.Requests);
        Assert.Equal("hello", request.Body);
        foreach (var name in new[] { "X-CommonAccessToken", "X-AnchorMailbox", "X-OWA-CANARY", "Cookie" }) Assert.DoesNotContain(name, request.Names, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task each_of_many_requests_at_once_gets_its_own_answer()
    {
        estate.Exchange.Clear();
        await using var wire = await estate.ConnectHttp2Async();
        var numbers = Enumerable.Range(1, 60).ToList();

        var replies = await wire.SendAllAsync(numbers.Select(n => Http2Wire.Request("GET", $"/owa/?n={n}", ("cookie", estate.Session))));

        Assert.Equal(numbers.Select(n => $"GET /owa/?n={n} HTTP/1.1\n"), replies.Select(reply => reply.Body));
    }

    /// <summary>On a connection of its own, and over the gateway's connections to Exchange that there are.</summary>
    private async Task Unharmed()
    {
        estate.Exchange.Requests.Clear();
        await using var wire = await estate.ConnectHttp2Async();
        var reply = await wire.SendAsync(Http2Wire.Request("GET", "/owa/?n=2", ("cookie", estate.Session)));
        Assert.Equal(new Http2Reply(200, "GET /owa/?n=2 HTTP/1.1\n"), reply);
        Assert.Single(estate.Exchange.Requests);
        Assert.Empty(estate.Exchange.Faults);
    }
}
