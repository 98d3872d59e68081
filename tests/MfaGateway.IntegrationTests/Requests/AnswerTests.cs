using System.Net;
using System.Text.Json;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>What a caller gets, row by row: a page for a person, a status for a script.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task a_person_without_session_is_sent_to_the_provider()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        using var old = new Browser(network) { Metadata = false };

        var page = await old.GetAsync("/owa/");

        Assert.Equal(HttpStatusCode.Found, page.Status);
        Assert.StartsWith("https://login.contoso.test/authorize?", page.Location, StringComparison.Ordinal);
        Assert.Equal("no-store", page.Header("Cache-Control"));
    }

    [Theory]
    [InlineData("POST", "/owa/service.svc?action=FindItem")]
    [InlineData("GET", "/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0")]
    [InlineData("GET", "/owa/")]
    [InlineData("POST", "/owa/sessiondata.ashx")]
    [InlineData("POST", "/ecp/DDI/DDIService.svc/GetList")]
    [InlineData("GET", "/owa/prem/15.1.0.0/scripts/boot.js")]
    public async Task a_script_without_session_gets_440_and_nothing_else(string method, string path)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var answer = await network.NewBrowser().FetchAsync(new HttpMethod(method), path);

        Assert.Equal(440, (int)answer.Status);
        Assert.Equal("", answer.Body);
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Null(answer.Location);
        Assert.Null(answer.Header("WWW-Authenticate"));
        Assert.Empty(answer.SetCookies);
    }

    [Fact]
    public async Task below_ecp_that_status_can_be_401()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Exchange"]!["EcpSessionEndStatus"] = 401 });
        var browser = network.NewBrowser();

        Assert.Equal(401, (int)(await browser.FetchAsync(HttpMethod.Post, "/ecp/DDI/DDIService.svc/GetList")).Status);
        Assert.Equal(440, (int)(await browser.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    [Fact]
    public async Task a_person_whom_the_policy_forbids_gets_a_page_and_a_script_a_problem_document_both_with_a_reference()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var page = await alice.GetAsync("/ecp/");
        var answer = await alice.FetchAsync(HttpMethod.Post, "/ecp/DDI/DDIService.svc/GetList");

        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
        foreach (var refused in new[] { page, answer })
        {
            var line = network.Audit.Of(refused.Reference);
            Assert.Equal("decision", line["event.action"]);
            Assert.Equal("deny", line["gateway.decision"]);
            Assert.Equal("alice@contoso.com", line["user.name"]);
            Assert.Equal("ecp", line["gateway.resource"]);
        }

        Assert.Equal(403, JsonElement.Parse(answer.Body).GetProperty("status").GetInt32());
        Assert.DoesNotContain(network.Exchange.Requests, request => request.Target.StartsWith("/ecp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/", 302)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/ews/exchange.asmx", 404)]
    [InlineData("GET", "/owa/healthcheck.htm", 404)]
    [InlineData("GET", "/owa/powershell/x", 404)]
    [InlineData("GET", "/owax/", 404)]
    [InlineData("GET", "/.gateway/nothing", 404)]
    [InlineData("PUT", "/owa/", 405)]
    [InlineData("DELETE", "/owa/service.svc", 405)]
    [InlineData("OPTIONS", "/owa/", 405)]
    [InlineData("PATCH", "/owa/service.svc?action=UpdateItem", 405)]
    [InlineData("PROPFIND", "/owa/", 405)]
    [InlineData("POST", "/owa/attachment.ashx", 405)]
    [InlineData("HEAD", "/owa/service.svc", 405)]
    public async Task what_is_not_published_is_404_or_405_for_everybody(string method, string path, int status)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var before = network.Exchange.Requests.Count;

        Assert.Equal(status, (int)(await network.NewBrowser().FetchAsync(new HttpMethod(method), path)).Status);
        Assert.Equal(status, (int)(await alice.FetchAsync(new HttpMethod(method), path)).Status);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Theory]
    [InlineData("GET /owa/../powershell HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/%2e%2e/powershell HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/..%2fpowershell HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa\\..\\powershell HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa//service.svc HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/%00/x HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/(S(x))/default.aspx HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET http://mail.contoso.com/owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET http://ex1.contoso.test:444/ecp/ HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/ HTTP/1.1\r\nHost: ex1.contoso.test\r\n")]
    [InlineData("GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com:444\r\n")]
    [InlineData("GET /owa/ HTTP/1.1\r\nHost:\r\n")]
    [InlineData("GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")]
    [InlineData("GET /owa/#x HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    [InlineData("GET /owa/% HTTP/1.1\r\nHost: mail.contoso.com\r\n")]
    public async Task an_ambiguous_request_is_400(string request)
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var answer = await RawConnection.SendAsync(network, request + "Connection: close\r\n\r\n");

        Assert.Equal(400, answer.Status);
        Assert.Null(answer.Location);
    }

    [Theory]
    [InlineData("X-BEResource=localhost~1942062522")]
    [InlineData("a=b; X-AnonResource-Backend=ex1/ecp/default.flt?~3")]
    [InlineData("x-beresource=ex1/EWS/Exchange.asmx?a=~1942062522")]
    [InlineData("X-BEResource=with space~1")]
    [InlineData("X-BEResource=\"quoted~1\"x")]
    [InlineData("X-BEResource =x~1")]
    [InlineData("a=\"; X-BEResource=x~1; b=\"")]
    [InlineData("a=b,X-BEResource=x~1")]
    [InlineData("SecurityToken=x")]
    [InlineData("Email=autodiscover/autodiscover.json@a.b")]
    public async Task cookies_that_only_attacks_send_are_400(string cookie)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var session = alice.Cookies.Find("__Host-mfagw")!.Value;
        var before = network.Exchange.Requests.Count;

        var answer = await RawConnection.GetAsync(network, "/owa/", $"Cookie: __Host-mfagw={session}; {cookie}");

        Assert.Equal(400, answer.Status);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Fact]
    public async Task a_body_that_is_too_large_is_413_before_it_is_read()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var session = alice.Cookies.Find("__Host-mfagw")!.Value;

        var answer = await RawConnection.SendAsync(
            network, $"POST /owa/service.svc?action=CreateAttachment HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: __Host-mfagw={session}\r\nContent-Length: 36000000\r\n\r\n");

        Assert.Equal(413, answer.Status);
    }

    [Fact]
    public async Task a_post_from_another_site_is_403_whoever_sends_it()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = PostOrigin });
        var alice = await network.SignedInBrowserAsync(); // with a cookie that travels across sites

        var evil = await alice.PostAsync("/owa/", "https://evil.test", new() { ["wa"] = "wsignin1.0" });
        var elsewhere = await alice.PostAsync("/owa/service.svc?action=SendItem", "https://sts.contoso.test", new() { ["a"] = "b" });
        var allowed = await alice.PostAsync("/owa/", "https://sts.contoso.test", new() { ["wa"] = "wsignin1.0" });

        Assert.Equal(HttpStatusCode.Forbidden, evil.Status);
        Assert.Equal("cross-site-request", network.Audit.Of(evil.Reference)["gateway.reason"]);
        Assert.Equal(HttpStatusCode.Forbidden, elsewhere.Status);
        Assert.Equal(HttpStatusCode.OK, allowed.Status);
    }

    [Theory]
    [InlineData("same-origin", "null", 200)]
    [InlineData("same-origin", "https://mail.contoso.com", 200)]
    [InlineData(null, "https://mail.contoso.com", 200)]
    [InlineData(null, null, 200)]
    [InlineData(null, "null", 403)]
    [InlineData(null, "https://evil.test", 403)]
    [InlineData("same-site", "https://www.contoso.com", 403)]
    [InlineData("cross-site", "null", 403)]
    [InlineData("cross-site", null, 403)]
    public async Task a_post_is_judged_by_fetch_metadata_and_without_it_by_its_origin(string? site, string? origin, int status)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var headers = (site is null ? "" : $"Sec-Fetch-Site: {site}\r\n") + (origin is null ? "" : $"Origin: {origin}\r\n");

        var answer = await RawConnection.SendAsync(
            network,
            $"POST /owa/service.svc?action=x HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: __Host-mfagw={alice.Cookies.Find("__Host-mfagw")!.Value}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(status, answer.Status);
    }

    private static void PostOrigin(System.Text.Json.Nodes.JsonObject gateway) =>
        gateway["Exchange"]!["SignOn"] = new System.Text.Json.Nodes.JsonObject { ["PostOrigins"] = new System.Text.Json.Nodes.JsonArray("https://sts.contoso.test") };
}
