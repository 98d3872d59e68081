using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>What of a request reaches Exchange, and what of the answer reaches a browser.</summary>
public sealed class ForwardingTests
{
    /// <summary>Headers that give somebody another identity, address, path or server, in some system between browser and mailbox.</summary>
    public static TheoryData<string> Spoofed =>
    [
        "X-CommonAccessToken: TUFSSw==", "msExchLogonMailbox: S-1-5-18", "msExchTargetMailbox: S-1-5-20", "msExchLogonAccount: S-1-5-20", "msExchProxyUri: https://x",
        "X-vDirObjectId: 00000000-0000-0000-0000-000000000000", "X-IsFromCafe: 1", "X-SourceCafeServer: ex1", "X-TargetServer: ex2", "X-BEServerHint: ex1",
        "Authorization: Basic YTpi", "Authorization: Bearer x", "Authorization: Negotiate x", "Authorization: NTLM x", "Proxy-Authorization: Basic YTpi",
        "Forwarded: for=127.0.0.1;host=ex1", "X-Forwarded-Port: 80", "X-Forwarded-Prefix: /evil", "X-Forwarded-PathBase: /evil", "X-Forwarded-Server: x", "X-Forwarded-By: x",
        "X-Original-Host: x", "X-Original-Proto: http", "X-Original-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "True-Client-IP: 127.0.0.1", "CF-Connecting-IP: 127.0.0.1",
        "X-Client-IP: 127.0.0.1", "X-Cluster-Client-IP: 127.0.0.1", "Fastly-Client-IP: 127.0.0.1", "X-Azure-ClientIP: 127.0.0.1", "X-ProxyUser-Ip: 127.0.0.1", "X-Originating-IP: [127.0.0.1]",
        "X-Original-URL: /ecp/DDI/DDIService.svc", "X-Rewrite-URL: /powershell", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: PUT", "X-Method-Override: PUT",
        "X-MS-Proxy: MARK", "X-MS-Forwarded-Client-IP: 10.0.0.1", "X-MS-Endpoint-Absolute-Path: /adfs", "X-MS-CLIENT-PRINCIPAL: x", "X-MS-CLIENT-PRINCIPAL-NAME: admin@contoso.com",
        "Remote-User: admin", "Remote_User: admin", "X-Remote-User: admin", "X-Auth-Request-User: admin", "X-User: admin", "X_User: admin", "REMOTE_ADDR: 127.0.0.1",
        "X-BEServer: evil.test", "X-CalculatedBETarget: evil.test", "X-SSL-Client-Cert: x", "X-Client-Cert: x", "X-Forwarded-Client-Cert: By=MARK", "SSL_CLIENT_S_DN: CN=admin",
        "X_Forwarded_For: 127.0.0.1", "X.Forwarded.For: 127.0.0.1", "X-OWA_Identity: admin", "X-OWA.Identity: admin", "Proxy-Connection: keep-alive", "Keep-Alive: timeout=9999",
        "TE: trailers", "X-AnchorMailbox: admin@contoso.com/../powershell", "X-AnchorMailbox: SYSTEM", "X-OWA-ExplicitLogonUser: SYSTEM", "Expect-CT: x", "Via: 1.1 evil",
    ];

    [Theory]
    [MemberData(nameof(Spoofed))]
    public async Task a_header_that_could_give_another_identity_address_or_path_never_arrives(string header)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await RawConnection.GetAsync(network, "/owa/?spoof=1", $"Cookie: {Session(alice)}", header);

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain(header.Split(':')[0], network.Exchange.Last.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 127.0.0.1", "Connection: X-Forwarded-For")]
    [InlineData("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2", "X-Forwarded-Host: evil.test")]
    [InlineData("X-Forwarded-For: 1.2.3.4, 5.6.7.8", "X-Forwarded-Proto: http")]
    [InlineData("Connection: Cookie, Host, X-Forwarded-Host", "x-forwarded-host: a\r\nX-FORWARDED-HOST: b")]
    public async Task exactly_one_of_each_forwarding_header_arrives_and_it_is_ours(string first, string second)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        // whole, because of two Connection headers the server keeps the last
        var answer = await RawConnection.SendAsync(network, $"GET /owa/?forwarded=1 HTTP/1.1\r\nHost: mail.contoso.com\r\nAccept: text/html\r\nCookie: {Session(alice)}\r\n{first}\r\n{second}\r\n\r\n");

        Assert.Equal(200, answer.Status);
        var received = network.Exchange.Last;
        Assert.Equal("127.0.0.1", received.Header("X-Forwarded-For"));
        Assert.Equal("https", received.Header("X-Forwarded-Proto"));
        Assert.Equal("mail.contoso.com", received.Header("X-Forwarded-Host"));
        Assert.Equal("mail.contoso.com", received.Header("Host"));
        Assert.DoesNotContain("Connection", received.Headers.Keys);
    }

    [Fact]
    public async Task a_balancer_is_believed_only_when_it_is_listed()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["ForwardedHeaders"] = new System.Text.Json.Nodes.JsonObject { ["KnownProxies"] = new System.Text.Json.Nodes.JsonArray("127.0.0.1") },
        });
        var alice = await network.SignedInBrowserAsync();

        await RawConnection.GetAsync(network, "/owa/?a=1", $"Cookie: {Session(alice)}", "X-Forwarded-For: 198.51.100.9, 203.0.113.7");

        Assert.Equal("203.0.113.7", network.Exchange.Last.Header("X-Forwarded-For"));
    }

    [Fact]
    public async Task the_canonical_target_is_what_arrives()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        await RawConnection.GetAsync(network, "/%6fwa/?a=%2e%2E&b=c%20d+e&%71=1", $"Cookie: {Session(alice)}");

        Assert.Equal("/owa/?a=%2e%2E&b=c%20d+e&%71=1", network.Exchange.Last.Target);
    }

    [Fact]
    public async Task headers_and_cookies_of_OWA_arrive_and_ours_do_not()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        await RawConnection.GetAsync(
            network, "/owa/?b=1", $"Cookie: ; X-OWA-CANARY=abc;; =; lone; {Session(alice)}; UC=1; X-BackEndOverrideCookie=x; __Secure-mfagw-login.x=N; X-BackEndCookie=y", "X-OWA-CANARY: abc",
            "X-Requested-With: XMLHttpRequest", "Action: FindItem", "X-AnchorMailbox: alice@contoso.com", "User-Agent: test");

        var received = network.Exchange.Last;
        Assert.Equal("X-OWA-CANARY=abc; =; lone; UC=1", received.Header("Cookie"));
        Assert.Equal("abc", received.Header("X-OWA-CANARY"));
        Assert.Equal("FindItem", received.Header("Action"));
        Assert.Equal("alice@contoso.com", received.Header("X-AnchorMailbox"));
    }

    /// <summary>One that no header may have, and some that every browser sends as headers: those the allow-list alone would let through.</summary>
    [Fact]
    public async Task trailers_do_not_become_headers()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var answer = await RawConnection.SendAsync(
            network,
            $"POST /owa/service.svc?action=x HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {Session(alice)}\r\nTrailer: X-CommonAccessToken, X-AnchorMailbox, X-OWA-CANARY\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "2\r\n{}\r\n0\r\nX-CommonAccessToken: TUFSSw==\r\nX-AnchorMailbox: admin@contoso.com\r\nX-OWA-CANARY: abc\r\nCookie: cadata=1\r\n\r\n");

        Assert.Equal(200, answer.Status);
        foreach (var name in new[] { "X-CommonAccessToken", "X-AnchorMailbox", "X-OWA-CANARY", "Cookie", "Trailer" }) Assert.DoesNotContain(name, network.Exchange.Last.Headers.Keys);
        Assert.Equal(2, network.Exchange.Last.Bytes);
    }

    [Fact]
    public async Task names_versions_and_invitations_to_log_on_do_not_leave()
    {
        string[] inner = ["X-FEServer", "X-BEServer", "X-DiagInfo", "X-CalculatedBETarget", "X-AspNet-Version", "X-Powered-By", "Server", "X-FailureContext", "WWW-Authenticate", "Persistent-Auth"];
        await using var network = await SimulatedNetwork.StartAsync();
        network.Exchange.Answer = _ =>
        {
            var answer = new HttpResponseMessage { Content = new StringContent("ok") };
            foreach (var name in inner) answer.Headers.TryAddWithoutValidation(name, "inner");
            answer.Headers.TryAddWithoutValidation("X-OWA-Error", "kept");
            return answer;
        };
        var alice = await network.SignedInBrowserAsync();

        var page = await alice.GetAsync("/owa/");

        Assert.All(inner, name => Assert.Null(page.Header(name)));
        Assert.Equal("kept", page.Header("X-OWA-Error"));
        Assert.NotNull(page.Header("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("__Host-mfagw=stolen; path=/; secure")]
    [InlineData("__host-MFAGW=stolen; path=/; secure")]
    [InlineData(" __Host-mfagw =stolen; path=/; secure")]
    [InlineData("__Host-mfagw; path=/; secure")]
    [InlineData("=__Host-mfagw=stolen; path=/; secure")]
    [InlineData("__Secure-mfagw-login.x=N; path=/; secure")]
    public async Task Exchange_cannot_set_a_cookie_of_ours(string cookie)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", cookie } } };

        var page = await alice.FetchAsync(HttpMethod.Get, "/owa/");

        Assert.Empty(page.SetCookies);
    }

    [Fact]
    public async Task cookies_of_Exchange_become_secure_and_lose_their_domain()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", ["X-OWA-CANARY=a; path=/", "UC=b; domain=contoso.com; path=/owa; HttpOnly; secure"] } } };

        var page = await alice.FetchAsync(HttpMethod.Get, "/owa/");

        Assert.Equal(["X-OWA-CANARY=a; path=/; Secure", "UC=b; path=/owa; HttpOnly; secure"], page.SetCookies);
    }

    [Theory]
    [InlineData("https://evil.test/", 502)]
    [InlineData("//evil.test/", 502)]
    [InlineData("/\\evil.test/", 502)]
    [InlineData("http://mail.contoso.com/owa/", 502)]
    [InlineData("https://mail.contoso.com.evil.test/", 502)]
    [InlineData("https://mail.contoso.com@evil.test/", 502)]
    [InlineData("https://mail.contoso.com:444/", 502)]
    [InlineData("javascript:alert(1)", 502)]
    [InlineData("https://mail.contoso.com/owa/auth/logon.aspx", 302)]
    [InlineData("/owa/auth/logon.aspx?url=x", 302)]
    [InlineData("https://login.contoso.test/authorize", 302)]
    public async Task a_redirect_of_Exchange_stays_on_our_origin_or_goes_to_a_provider(string location, int status)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ =>
        {
            var answer = new HttpResponseMessage(HttpStatusCode.Found);
            answer.Headers.TryAddWithoutValidation("Location", location);
            return answer;
        };

        var page = await alice.GetAsync("/owa/?redirect=1");

        Assert.Equal(status, (int)page.Status);
        if (status == 502) network.ExpectRefusal(page, HttpStatusCode.BadGateway, "foreign-redirect");
        else Assert.Equal(location, page.Location);
    }

    private static string Session(Browser browser) => $"__Host-mfagw={browser.Cookies.Find("__Host-mfagw")!.Value}";
}
