using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;
using MfaGateway.Tests.Shield;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>
/// Attacks on Exchange that were published, sent through the whole gateway with the cookie of somebody whom the policy lets do everything: what is refused here is refused by the shield,
/// and the last column says by what in it.
/// </summary>
public sealed class KnownAttackTests
{
    private const string PermitsEverything =
        """{ "version": 1, "rules": [ { "id": "all", "effect": "permit", "when": { "resource": ["owa", "ecp", "ecp-options", "calendar"] } } ] }""";

    [Fact]
    public async Task No_published_attack_reaches_Exchange_with_the_cookie_of_somebody_who_may_do_everything()
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);
        var before = network.Exchange.Requests.Count;
        var wrong = new List<string>();

        foreach (var (request, headers, expected) in PublishedAttacks.OfSignedInPeople)
        {
            var answer = await SendAsync(network, request, headers, session);
            var line = network.Audit.Lines[^1];
            var actual = $"{line["gateway.reason"]}{(line.Json.TryGetProperty("gateway.rules", out var rules) ? $"/{rules[0]}" : "")}";
            if (actual != expected || answer.Status is < 400 or >= 500 || line["event.action"] != "attack-refused" || line["user.name"] != "alice@contoso.com")
                wrong.Add($"{request} ({headers}): {answer.Status} {actual}, not {expected}\n{line.Json}");
        }

        Assert.Empty(wrong);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Fact]
    public async Task No_request_for_another_host_reaches_Exchange_with_the_cookie_of_somebody_who_may_do_everything()
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);
        var before = network.Exchange.Requests.Count;
        var wrong = new List<string>();

        foreach (var head in PublishedAttacks.OfAuthority)
        {
            var text = head.Replace("\n", "\r\n", StringComparison.Ordinal).Replace("$", $"Cookie: __Host-mfagw={session}\r\n", StringComparison.Ordinal);
            var answer = await RawConnection.SendAsync(network, $"{text}Connection: close\r\n\r\n");
            if (!(answer.Status is >= 400 and < 500 or 505) || answer.Location is not null) wrong.Add($"{head}: {answer.Head}");
        }

        Assert.Empty(wrong);
        Assert.Equal(before, network.Exchange.Requests.Count);
    }

    [Fact]
    public async Task Nothing_of_a_stranger_reaches_Exchange_and_nobody_is_invited_to_log_on_otherwise()
    {
        await using var network = await StartAsync();
        var wrong = new List<string>();

        foreach (var (request, headers, status) in PublishedAttacks.OfStrangers.Concat(PublishedAttacks.OfSignedInPeople.Select(attack => (attack.Request, attack.Headers, Status: 0))))
        {
            var answer = await SendAsync(network, request, headers, null);
            var told = answer.Head.Split("\r\n").Any(line => line.StartsWith("WWW-Authenticate", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Server:", StringComparison.OrdinalIgnoreCase));
            var sentOn = answer.Location is { } location && !location.StartsWith($"{network.Provider.Issuer}/", StringComparison.Ordinal);
            if (told || sentOn || (status > 0 ? answer.Status != status : answer.Status is < 400 or >= 500)) wrong.Add($"{request} ({headers}): {answer.Head}");
        }

        Assert.Empty(wrong);
        Assert.Empty(network.Exchange.Requests);
    }

    [Theory]
    [InlineData("POST /ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory&msExchEcpCanary=CONFIDENTIAL")]
    [InlineData("POST /ecp/DDI/DDIService.svc/GetList?msExchEcpCanary=CONFIDENTIAL&schema=VirtualDirectory")] // CVE-2021-24085
    [InlineData("POST /ecp/a@b.example/DDI/DDIService.svc/SetObject")] // a mailbox shifts segments past a rule
    [InlineData("POST /ECP/ddi/DDISERVICE.SVC/SetObject")]
    [InlineData("POST /ecp/%44DI/DDIService.svc/SetObject")]
    [InlineData("POST /ecp/DDI/DDIService.svc/SetObject?/ecp/PersonalSettings/x")]
    [InlineData("GET /ecp/?/DDI/DDIService.svc")]
    [InlineData("GET /ecp/victim@corp.example/PersonalSettings/HomePage.aspx")]
    public async Task What_administrators_do_is_forbidden_to_somebody_who_may_only_read_mail(string request)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var session = await CookieAsync(network);

        var answer = await SendAsync(network, request, "", session);

        Assert.Equal(403, answer.Status);
        Assert.Single(network.Exchange.Requests); // the page after the sign-in
    }

    [Theory]
    [InlineData("/OWA/", "/OWA/")]
    [InlineData("/%6fwa/", "/owa/")]
    [InlineData("/o%77a/service.svc", "/owa/service.svc")]
    [InlineData("/owa/service.svc?x=.js", "/owa/service.svc?x=.js")]
    [InlineData("/ecp/?/DDI/DDIService.svc", "/ecp/?/DDI/DDIService.svc")]
    public async Task What_is_another_spelling_of_a_page_arrives_as_that_page(string sent, string arrives)
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);

        var answer = await SendAsync(network, $"GET {sent}", "", session);

        Assert.Equal(200, answer.Status);
        Assert.Equal(arrives, network.Exchange.Last.Target);
    }

    /// <summary>A padding oracle (CVE-2021-31196), a way past the logon, and somebody else's place among the servers.</summary>
    [Theory]
    [InlineData("cadata=TUFSSw==; cadataTTL=TUFSSw==; cadataKey=TUFSSw==; cadataIV=TUFSSw==; cadataSig=TUFSSw==")]
    [InlineData("X-BackEndOverrideCookie=exch02~1")]
    [InlineData("X-BackEndCookie=victim@corp.example=CONFIDENTIAL")]
    [InlineData("x-backendcookie=CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; X-BackEndCookie=S-1-5-21-1-2-3-500=u56Lnp2e")]
    public async Task Cookies_that_no_Exchange_gave_to_this_session_do_not_arrive(string cookies)
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);

        var answer = await SendAsync(network, "GET /owa/", $"Cookie: kept=1; {cookies}", session);

        Assert.Equal(200, answer.Status);
        Assert.Equal("kept=1", network.Exchange.Last.Header("Cookie"));
    }

    [Fact]
    public async Task A_stranger_who_looks_at_a_published_calendar_does_not_choose_the_server()
    {
        await using var network = await StartAsync();

        var answer = await SendAsync(network, "GET /owa/calendar/0123abcd@contoso.com/8f1e2d/calendar.html", "Cookie: kept=1; x-backendcookie=victim@corp.example=CONFIDENTIAL", null);

        Assert.Equal(200, answer.Status);
        Assert.Equal("kept=1", network.Exchange.Last.Header("Cookie"));
    }

    [Fact]
    public async Task Nobody_who_does_his_work_is_stopped()
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);
        var wrong = new List<string>();
        var sent = 0;

        foreach (var everyday in EverydayUse.Shapes())
        {
            var answer = await SendAsync(network, $"{everyday.Method} {everyday.Target}", string.Join('|', everyday.Headers.Select(h => $"{h.Name}: {h.Value}")), session);
            if (answer.Status != 200) wrong.Add($"{everyday.Text}: {answer.Status}");
            sent++;
        }

        Assert.Empty(wrong);
        Assert.Equal(sent, network.Exchange.Requests.Count - 1); // one was the page after the sign-in
        Assert.DoesNotContain(network.Audit.Lines, line => line["event.action"] == "attack-refused");
    }

    [Fact]
    public async Task An_administrators_rare_change_is_noted_with_his_name_and_goes_on()
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);

        var answer = await SendAsync(network, "POST /ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory&msExchEcpCanary=CONFIDENTIAL", "", session);

        Assert.Equal(200, answer.Status);
        var line = network.Audit.Lines.Single(line => line["event.action"] == "attack-refused");
        Assert.Equal(("success", "known-attack", "deny", "alice@contoso.com"), (line["event.outcome"], line["gateway.reason"], line["gateway.report_only"], line["user.name"]));
        Assert.Equal("offline-address-book-url", line.Json.GetProperty("gateway.rules")[0].GetString());
        Assert.DoesNotContain("CONFIDENTIAL", network.Audit.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emergency_rule_of_one_line_comes_into_force_under_load_and_a_bad_one_changes_nothing()
    {
        await using var network = await SimulatedNetwork.StartAsync(Setup(gateway => gateway["Shield"] = new JsonObject { ["Rules"] = new JsonObject { ["Files"] = new JsonArray("emergency.jsonl") } }));
        var file = Path.Combine(Path.GetDirectoryName(network.ConfigurationFile)!, "emergency.jsonl");
        var alice = await network.SignedInBrowserAsync();
        const string Attack = "/owa/service.svc?action=FrobnicateItem";
        Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Post, Attack)).Status);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            var failed = 0;
            while (!stop.IsCancellationRequested) failed += (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status == HttpStatusCode.OK ? 0 : 1;
            return failed;
        }, TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(file, """{ "id": "frob", "target": "action=frobnicateitem", "hits": "POST /owa/service.svc?action=FrobnicateItem" }""", TestContext.Current.CancellationToken);
        var refused = await UntilAsync(network, async () => (await alice.FetchAsync(HttpMethod.Post, Attack)).Status == HttpStatusCode.BadRequest);
        await File.WriteAllTextAsync(file, """{ "id": "frob", "target": "action=frobnicateitem", "hits": "POST /owa/service.svc?action=FindItem" }""", TestContext.Current.CancellationToken);
        var reported = await UntilAsync(network, async () => (await Management.HealthAsync(network)).GetProperty("reloadProblems").GetArrayLength() > 0);
        var stillRefused = (await alice.FetchAsync(HttpMethod.Post, Attack)).Status;
        var health = await Management.HealthAsync(network);
        await stop.CancelAsync();

        Assert.True(refused && reported, $"{refused} {reported}\n{network.Log.Text}");
        Assert.Equal(HttpStatusCode.BadRequest, stillRefused);
        Assert.Equal(0, await load);
        Assert.Contains("does not match its example", health.GetProperty("reloadProblems")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains(health.GetProperty("shieldRules").EnumerateArray(), rule => rule.GetProperty("id").GetString() == "frob");
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "config-reload" && line["event.outcome"] == "failure");
        Assert.Equal(1, network.Log.CountOf("does not match its example"));
    }

    [Theory]
    [InlineData("Log", 200, "success")]
    [InlineData("Off", 200, null)]
    public async Task The_mode_of_the_whole_set_decides_what_a_hit_does(string mode, int status, string? outcome)
    {
        await using var network = await StartAsync(gateway => gateway["Shield"] = new JsonObject { ["Rules"] = new JsonObject { ["Mode"] = mode } });
        var session = await CookieAsync(network);

        var answer = await SendAsync(network, "GET /ecp/default.aspx?__VIEWSTATE=TUFSSw==", "", session);

        Assert.Equal(status, answer.Status);
        Assert.Equal(outcome, network.Audit.Lines.SingleOrDefault(line => line["event.action"] == "attack-refused")?["event.outcome"]);
    }

    private static Task<SimulatedNetwork> StartAsync(Action<JsonObject>? change = null) => SimulatedNetwork.StartAsync(Setup(gateway =>
    {
        gateway["Exchange"]!["Publish"] = new JsonObject { ["Calendar"] = true };
        change?.Invoke(gateway);
    }));

    private static NetworkSetup Setup(Action<JsonObject> change)
    {
        var setup = new NetworkSetup { Configuration = change, PolicyText = PermitsEverything };
        setup.Files["emergency.jsonl"] = "// nothing yet\n";
        return setup;
    }

    private static async Task<string> CookieAsync(SimulatedNetwork network) => (await network.SignedInBrowserAsync()).Cookies.Find("__Host-mfagw")!.Value;

    private static Task<RawAnswer> SendAsync(SimulatedNetwork network, string request, string headers, string? session)
    {
        var text = new StringBuilder($"{request} HTTP/1.1\r\nHost: mail.contoso.com\r\n");
        List<string> cookies = session is null ? [] : [$"__Host-mfagw={session}"];
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            if (header.StartsWith("Cookie: ", StringComparison.Ordinal)) cookies.Add(header["Cookie: ".Length..]);
            else text.Append(header).Append("\r\n");
        }

        if (request.StartsWith("POST ", StringComparison.Ordinal)) text.Append("Content-Length: 0\r\n");
        if (cookies.Count > 0) text.Append("Cookie: ").AppendJoin("; ", cookies).Append("\r\n");
        return RawConnection.SendAsync(network, $"{text}Connection: close\r\n\r\n");
    }

    /// <summary>Files are looked at every two seconds of the gateway's time, which is the test's.</summary>
    private static async Task<bool> UntilAsync(SimulatedNetwork network, Func<Task<bool>> holds)
    {
        for (var tries = 0; tries < 400; tries++)
        {
            if (await holds()) return true;
            network.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        return false;
    }
}
