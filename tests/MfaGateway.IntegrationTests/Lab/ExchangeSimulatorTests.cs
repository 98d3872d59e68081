using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.Exchange;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class ExchangeSimulatorTests(SharedCertificates certificates) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly CookieContainer _cookies = new();
    private ExchangeSimulator _server = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ExchangeSimulator.StartAsync(7, LabPorts.FindFree(1).Exchange[0], certificates.Certificates.Leaf, null, null, Ct);
        var handler = Readiness.Trusting(certificates.Certificates.AuthorityFiles.Certificate);
        handler.CookieContainer = _cookies;
        _http = new HttpClient(handler) { BaseAddress = _server.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task each_protocol_has_its_own_health()
    {
        await ChangeAsync("""{"health":{"owa":503}}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/owa/healthcheck.htm"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/ecp/healthcheck.htm"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/owa/")); // as in maintenance: only the probe says no
    }

    [Fact]
    public async Task a_healthy_probe_answers_two_lines()
    {
        var lines = (await _http.GetStringAsync("/owa/healthcheck.htm", Ct)).Split('\n');

        Assert.StartsWith("200 OK", lines[0], StringComparison.Ordinal);
        Assert.Equal("labex7.contoso.test", lines[1]);
    }

    [Theory]
    [InlineData("PUT", "/owa/", 405)]
    [InlineData("POST", "/owa/", 405)]
    [InlineData("DELETE", "/owa/service.svc", 405)]
    [InlineData("GET", "/owa/sessiondata.ashx", 405)]
    [InlineData("POST", "/ecp/PersonalSettings/HomePage.aspx", 405)]
    [InlineData("GET", "/ecp/DDI/DDIService.svc/GetList", 405)]
    [InlineData("GET", "/EWS/Exchange.asmx", 404)]
    [InlineData("GET", "/owa/nothing.here", 404)]
    [InlineData("POST", "/owa/sessiondata.ashx?appcache=true", 200)]
    [InlineData("POST", "/owa/plt1.ashx", 200)]
    [InlineData("GET", "/owa/userbootsettings.ashx", 200)]
    [InlineData("GET", "/owa/ping.owa", 200)]
    [InlineData("GET", "/owa/keepalive.owa", 200)]
    [InlineData("GET", "/owa/prem/15.2/scripts/boot.js", 200)]
    [InlineData("GET", "/owa/group@contoso.test/", 200)]
    [InlineData("GET", "/ecp/", 200)]
    [InlineData("GET", "/ecp/?rfr=owa", 200)]
    [InlineData("GET", "/ecp/PersonalSettings/HomePage.aspx", 200)]
    [InlineData("GET", "/owa/auth/logon.aspx?url=x&reason=0", 200)]
    public async Task paths_and_verbs_are_those_of_a_real_server(string method, string target, int expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);

        using var answer = await _http.SendAsync(request, Ct);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task the_mail_page_sets_the_cookies_of_owa()
    {
        var page = await _http.GetStringAsync("/owa/", Ct);

        Assert.Contains("data-number=\"7\"", page, StringComparison.Ordinal);
        var cookies = _cookies.GetAllCookies().ToDictionary(cookie => cookie.Name);
        Assert.Superset(new HashSet<string> { "X-OWA-CANARY", "UC", "ClientId" }, cookies.Keys.ToHashSet());
        Assert.False(cookies["X-OWA-CANARY"].HttpOnly); // OWA's script has to read it
        Assert.Contains(_cookies.GetCookies(new Uri(_server.Address, "/owa/")), cookie => cookie is { Name: "X-BackEndCookie", HttpOnly: true });
    }

    [Fact]
    public async Task internal_headers_are_there_to_be_stripped()
    {
        using var answer = await _http.GetAsync("/owa/", Ct);

        foreach (var name in (string[])["X-FEServer", "X-BEServer", "X-DiagInfo", "X-CalculatedBETarget", "X-OWA-Version", "X-AspNet-Version", "X-Powered-By", "Server", "request-id"])
            Assert.True(answer.Headers.Contains(name), name);
    }

    [Fact]
    public async Task a_service_call_needs_the_canary_of_the_cookie()
    {
        await _http.GetAsync("/owa/", Ct);
        var canary = _cookies.GetAllCookies().Single(cookie => cookie.Name == "X-OWA-CANARY").Value;

        var without = await CallAsync(null);
        var wrong = await CallAsync("x" + canary);
        var right = await CallAsync(canary);

        Assert.Equal((449, 449, 200), ((int)without.StatusCode, (int)wrong.StatusCode, (int)right.StatusCode));
        var json = await right.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(100_000, json.GetProperty("bytes").GetInt64());
        Assert.Equal("FindItem", json.GetProperty("action").GetString());
    }

    [Theory]
    [InlineData(35_840_000, false, 200)]
    [InlineData(35_840_001, false, 413)]
    [InlineData(35_840_001, true, 413)]
    public async Task the_body_limit_is_35000_kilobytes(int size, bool chunked, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/owa/sessiondata.ashx") { Content = new ByteArrayContent(new byte[size]) };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true; // otherwise the answer can be lost with the connection that refuses the rest

        using var answer = await _http.SendAsync(request, Ct);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task a_download_streams_a_pattern_of_the_size_asked_for()
    {
        var bytes = await _http.GetByteArrayAsync("/owa/attachment.ashx?id=1&size=100000", Ct);

        Assert.Equal(100_000, bytes.Length);
        Assert.All(Enumerable.Range(0, bytes.Length), n => Assert.Equal(n % 251, bytes[n]));
    }

    [Fact]
    public async Task the_notification_request_streams_frames_until_its_time_is_over()
    {
        await ChangeAsync("""{"notification":{"intervalMs":20,"durationMs":200}}""");
        await _http.GetAsync("/owa/", Ct);
        var canary = _cookies.GetAllCookies().Single(cookie => cookie.Name == "X-OWA-CANARY").Value;

        var text = await _http.GetStringAsync($"/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0&cid=1&X-OWA-CANARY={canary}", Ct);

        Assert.True(text.Split("<script>").Length > 3, text);
    }

    [Fact]
    public async Task with_its_own_logon_pages_are_redirected_and_scripts_get_440()
    {
        await ChangeAsync("""{"logon":"forms"}""");

        using var page = await _http.GetAsync("/owa/", Ct);
        using var script = await _http.PostAsync("/owa/service.svc?action=FindItem", null, Ct);
        using var logon = await _http.PostAsync(
            "/owa/auth.owa",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["destination"] = "/owa/", ["username"] = "alice", ["password"] = "any" }),
            Ct);
        using var after = await _http.GetAsync("/owa/", Ct);

        Assert.StartsWith("/owa/auth/logon.aspx?url=", page.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal(440, (int)script.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal("alice", _server.Requests.Since(0)[^1].User);
        Assert.Equal(5, _cookies.GetAllCookies().Count(cookie => cookie.Name.StartsWith("cadata", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task the_record_shows_what_arrived_on_the_wire()
    {
        var raw = new Uri($"{_server.Address}owa/plt1.ashx?a=%2e%2E&b", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Post, raw) { Content = new StringContent("12345") };
        request.Headers.Add("X-Twice", ["one", "two"]);
        await _http.SendAsync(request, Ct);

        var all = await _http.GetFromJsonAsync<JsonElement>("/.lab/requests?since=0", Ct);

        var only = Assert.Single(all.EnumerateArray());
        Assert.Equal(1, only.GetProperty("n").GetInt64());
        Assert.Equal("POST", only.GetProperty("method").GetString());
        Assert.Equal("/owa/plt1.ashx?a=%2e%2E&b", only.GetProperty("target").GetString());
        Assert.Equal(5, only.GetProperty("bytes").GetInt64());
        Assert.NotEmpty(only.GetProperty("connection").GetString()!);
        Assert.Equal(JsonValueKind.Null, only.GetProperty("user").ValueKind);
        Assert.Equal("""["127.0.0.1:""" + _server.Address.Port + "\"]", only.GetProperty("headers").GetProperty("Host").GetRawText());
        Assert.Equal("one, two", string.Join(", ", only.GetProperty("headers").GetProperty("X-Twice").EnumerateArray().Select(value => value.GetString())));
    }

    [Fact]
    public async Task the_record_goes_on_counting_after_it_was_cleared()
    {
        await _http.GetAsync("/owa/", Ct);
        using var cleared = await _http.DeleteAsync("/.lab/requests", Ct);
        await _http.GetAsync("/owa/", Ct);

        Assert.Equal([2L], _server.Requests.Since(0).Select(request => request.N));
        Assert.Empty(_server.Requests.Since(2));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 gateway")]
    [InlineData("Host", "localhost:8443")]
    public async Task the_control_door_is_closed_for_forwarded_requests(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.lab/requests");
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await _http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("/.lab/requests", Assert.Single(_server.Requests.Since(0)).Target); // it was an ordinary request, and is on record
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"healthy":false}""")]
    [InlineData("""{"status":99}""")]
    [InlineData("""{"delayMs":-1}""")]
    [InlineData("null")]
    public async Task a_behaviour_that_makes_no_sense_is_refused_and_nothing_changes(string json)
    {
        await ChangeAsync("""{"status":503}""");

        using var answer = await _http.PutAsync("/.lab/behaviour", new StringContent(json), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(503, _server.Behaviour.Current.Status);
    }

    [Fact]
    public async Task a_status_or_an_abort_hits_everything_but_the_probe()
    {
        await ChangeAsync("""{"status":500}""");
        var failing = await StatusAsync("/owa/");
        await ChangeAsync("""{"abort":true}""");

        Assert.Equal(HttpStatusCode.InternalServerError, failing);
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync("/owa/", Ct));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/owa/healthcheck.htm"));
    }

    [Fact]
    public async Task the_servers_speak_http_1_1_only()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/owa/") { Version = HttpVersion.Version20 };

        using var answer = await _http.SendAsync(request, Ct);

        Assert.Equal(HttpVersion.Version11, answer.Version);
    }

    private async Task ChangeAsync(string json)
    {
        using var answer = await _http.PutAsync("/.lab/behaviour", new StringContent(json), Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private async Task<HttpStatusCode> StatusAsync(string target)
    {
        using var answer = await _http.GetAsync(target, Ct);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> CallAsync(string? canary)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/owa/service.svc?action=FindItem&EP=1&ID=-1&AC=1") { Content = new ByteArrayContent(new byte[100_000]) };
        if (canary is not null) request.Headers.Add("X-OWA-CANARY", canary);
        return await _http.SendAsync(request, Ct);
    }
}
