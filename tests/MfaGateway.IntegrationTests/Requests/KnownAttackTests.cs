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

    /// <summary>Verb and target, headers, and the reason with the rule behind a slash.</summary>
    public static TheoryData<string, string, string> Attacks => new()
    {
        // ProxyLogon, CVE-2021-26855
        { "GET /owa/auth/x.js", "Cookie: X-AnonResource=true; X-AnonResource-Backend=attacker.example/ecp/default.flt?~3", "attack-cookie" },
        { "POST /ecp/abcd.js", "Cookie: X-BEResource=localhost~1942062522", "attack-cookie" },
        { "GET /ecp/y.js", "Cookie: X-BEResource=EXCH01/EWS/Exchange.asmx?a=~1942062522", "attack-cookie" },
        { "POST /ecp/zz.js", "Cookie: X-BEResource=Administrator@EXCH01:444/ecp/proxyLogon.ecp?a=~1942062522|msExchLogonMailbox: S-1-5-20", "attack-cookie" },
        { "GET /owa/?x", "Cookie: X-BEResource=EXCH02/EWS/x~1", "attack-cookie" },
        { "POST /owa/auth/Current/themes/resources/logon.css", "", "method-not-published/proxylogon-static-post" },
        { "POST /ecp/default.flt", "", "not-published/proxylogon-static-post" },
        { "POST /ecp/main.css", "User-Agent: ExchangeServicesClient/0.0.0.0", "method-not-published/proxylogon-static-post" },
        { "POST /ecp/proxyLogon.ecp", "", "not-published/proxylogon-session" },
        { "GET /aspnet_client/MARK.aspx", "", "not-published/dropped-web-shell" },
        { "GET /owa/auth/Current/themes/MARK.aspx", "", "not-published/dropped-web-shell" },
        { "GET /ecp/Current/scripts/MARK.aspx", "", "known-attack/dropped-web-shell" },

        // ProxyShell, CVE-2021-34473
        { "GET /autodiscover/autodiscover.json?@test.example/owa/?&Email=autodiscover/autodiscover.json%3F@test.example", "", "not-published/proxyshell" },
        { "POST /autodiscover/autodiscover.json?@evil.example/EWS/exchange.asmx?&Email=autodiscover/autodiscover.json%3F@evil.example", "", "not-published/proxyshell" },
        { "POST /autodiscover/autodiscover.json?a=abc@def.ghi/mapi/emsmdb/?", "Cookie: Email=autodiscover/autodiscover.json?a=abc@def.ghi", "attack-cookie" },
        { "GET /owa/?Email=autodiscover/autodiscover.json%3F@test.example", "", "known-attack/proxyshell" },
        { "POST /owa/?X-Rps-CAT=TUFSSw==", "", "known-attack/powershell-token" },
        { "GET /owa/?a=b&SecurityToken1=MARK", "", "known-attack/powershell-token" },

        // ProxyNotShell, CVE-2022-41040
        { "GET /autodiscover/autodiscover.json?@zdi/PowerShell?serializationLevel=Full;ExchClientVer=15.2.922.7", "", "not-published/proxyshell" },
        { "POST /autodiscover/admin@localhost//powershell/autodiscover.json?x=a", "", "malformed-request" },
        { "GET /autodiscover/autodiscover.json/v1.0/aa@test.example?Protocol=Powershell", "", "not-published/proxyshell" },
        { "GET /autodiscover/x?a%40test.example/%50ower%53hell", "", "not-published/proxynotshell" },
        { "GET /owa/?a=autodiscover/%25%35%30ower%2553hell", "", "known-attack/proxynotshell" },

        // OWASSRF, CVE-2022-41080
        { "POST /owa/mastermailbox%40corp.example/powershell", "X-OWA-ExplicitLogonUser: owa/mastermailbox@corp.example", "not-published/owassrf" },
        { "POST /owa/user@corp.example/powershell?clientApplication=ActiveMonitor;PSVersion=5.1.17763.592", "", "not-published/owassrf" },
        { "POST /owa/service.svc?action=FindPeople", "X-OWA-ExplicitLogonUser: owa/user@corp.example", "known-attack/owassrf-mailbox-header" },
        { "GET /owa/user@corp.example/ecp/default.aspx", "", "not-published/application-behind-mailbox" },

        // ProxyToken, CVE-2021-33766
        { "POST /ecp/RulesEditor/InboxRules.svc/NewObject", "Cookie: SecurityToken=x", "attack-cookie" },
        { "GET /ecp/victim@corp.example/PersonalSettings/HomePage.aspx?showhelp=false", "Cookie: SecurityToken=x", "attack-cookie" },

        // cross-site scripting, CVE-2021-31195, -41349, -28480
        { "GET /owa/auth/frowny.aspx?app=people&et=ServerError&esrc=MasterPage&te=\\&refurl=}}};MARK//", "", "not-published/proxyoracle-frowny" },
        { "GET /owa/auth/any.skin", "Cookie: X-AnonResource=true", "attack-cookie" },
        { "POST /autodiscover/autodiscover.json", "", "not-published/proxyshell" },
        { "POST /owa/calendar/aaaa", "", "not-published/calendar-post" },

        // after a sign-in: CVE-2020-0688, -16875, server-to-server parts, other applications
        { "GET /ecp/default.aspx?__VIEWSTATEGENERATOR=B97B4E27&__VIEWSTATE=TUFSSw==", "", "known-attack/viewstate-in-query" },
        { "GET /ecp/default.aspx?__viewstate=TUFSSw==&__VIEWSTATEGENERATOR=B97B4E27", "", "known-attack/viewstate-in-query" },
        { "GET /ecp/default.aspx?%5f%5fVIEW%53TATE=TUFSSw==", "", "known-attack/viewstate-in-query" },
        { "POST /ecp/DLPPolicy/ManagePolicyFromISV.aspx", "", "not-published/policy-upload-page" },
        { "POST /EWS/Exchange.asmx", "", "not-published" },
        { "POST /powershell?serializationLevel=Full;ExchClientVer=15.2.0.0", "", "not-published" },
        { "POST /owa/wopi/files/MARK?access_token=MARK", "", "not-published" },
        { "POST /owa/remotenotification.ashx", "", "not-published" },
        { "GET /owa/healthcheck.htm", "", "not-published" },
        { "GET /owa/oma/", "Authorization: Basic dTE6TUFSSw==", "not-published" },
        { "GET /api/v2.0/me", "Authorization: Basic dTE6TUFSSw==", "not-published" },
        { "PUT /owa/auth/MARK.aspx", "", "method-not-published" },
        { "GET /owa/..%2fpowershell", "", "malformed-request" },
        { "GET /owa/%252e%252e/powershell", "", "malformed-request" },
    };

    [Fact]
    public async Task No_published_attack_reaches_Exchange_with_the_cookie_of_somebody_who_may_do_everything()
    {
        await using var network = await StartAsync();
        var session = await CookieAsync(network);
        var before = network.Exchange.Requests.Count;
        var wrong = new List<string>();

        foreach (var (request, headers, expected) in Attacks.Select(row => row.Data))
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

        var answer = await SendAsync(network, "POST /ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory&msExchEcpCanary=MARK", "", session);

        Assert.Equal(200, answer.Status);
        var line = network.Audit.Lines.Single(line => line["event.action"] == "attack-refused");
        Assert.Equal(("success", "known-attack", "deny", "alice@contoso.com"), (line["event.outcome"], line["gateway.reason"], line["gateway.report_only"], line["user.name"]));
        Assert.Equal("offline-address-book-url", line.Json.GetProperty("gateway.rules")[0].GetString());
        Assert.DoesNotContain("MARK", network.Audit.Text, StringComparison.Ordinal);
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

    private static Task<RawAnswer> SendAsync(SimulatedNetwork network, string request, string headers, string session)
    {
        var text = new StringBuilder($"{request} HTTP/1.1\r\nHost: mail.contoso.com\r\n");
        var cookie = $"Cookie: __Host-mfagw={session}";
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            if (header.StartsWith("Cookie: ", StringComparison.Ordinal)) cookie += $"; {header["Cookie: ".Length..]}";
            else text.Append(header).Append("\r\n");
        }

        if (request.StartsWith("POST ", StringComparison.Ordinal)) text.Append("Content-Length: 0\r\n");
        return RawConnection.SendAsync(network, $"{text}{cookie}\r\nConnection: close\r\n\r\n");
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
