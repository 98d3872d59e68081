using System.Globalization;
using System.Net;
using MfaGateway.IntegrationTests.Simulation;
using RefusalTally = MfaGateway.Audit.RefusalTally;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>What strangers are refused is counted, what happens to people who are signed in is written down.</summary>
public sealed class RefusalTrailTests
{
    [Fact]
    public async Task A_flood_of_refused_junk_is_a_few_lines_and_a_count_and_every_reference_finds_its_line()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var stranger = network.NewBrowser();
        var references = new List<string>();

        for (var n = 0; n < 40; n++) references.Add((await stranger.GetAsync($"/not-there-{n}")).Reference);
        var during = Refusals(network).Count;
        await AMinuteAsync(network, lines: RefusalTally.PerSource + 1);

        Assert.Equal(RefusalTally.PerSource, during);
        var lines = Refusals(network);
        Assert.Equal(RefusalTally.PerSource + 1, lines.Count);
        Assert.Equal(("35", "not-published", "127.0.0.1", null), (lines[^1]["gateway.count"], lines[^1]["gateway.reason"], lines[^1]["source.ip"], lines[^1]["url.path"]));
        Assert.NotNull(lines[^1]["event.start"]);
        Assert.All(references, reference => Assert.Contains(lines, line => line["event.id"] == reference));
    }

    [Fact]
    public async Task What_somebody_who_is_signed_in_is_refused_is_written_down_whatever_strangers_do()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var stranger = network.NewBrowser();
        for (var n = 0; n < 20; n++) await stranger.GetAsync("/not-there"); // from the same address

        for (var n = 0; n < 20; n++) await alice.GetAsync($"/not-there-{n}");

        var hers = Refusals(network).Where(line => line["user.name"] == "alice@contoso.com").ToList();
        Assert.Equal(20, hers.Count);
        Assert.Equal(20, hers.Select(line => line["url.path"]).Distinct().Count());
    }

    [Fact]
    public async Task A_flood_by_somebody_who_is_signed_in_is_a_hundred_lines_and_a_count_under_his_name()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var references = new List<string>();

        for (var n = 0; n < RefusalTally.PerPerson + 30; n++) references.Add((await alice.GetAsync($"/not-there-{n}")).Reference);
        await alice.GetAsync("/owa/?__VIEWSTATE=x"); // of another kind
        await AMinuteAsync(network, lines: RefusalTally.PerPerson + 2);

        var lines = Refusals(network);
        Assert.Equal(RefusalTally.PerPerson + 2, lines.Count);
        Assert.All(lines, line => Assert.Equal("alice@contoso.com", line["user.name"]));
        var count = Assert.Single(lines, line => line["gateway.count"] is not null);
        Assert.Equal(("30", "not-published", "127.0.0.1", lines[0]["user.id"]), (count["gateway.count"], count["gateway.reason"], count["source.ip"], count["user.id"]));
        Assert.All(references, reference => Assert.Contains(lines, line => line["event.id"] == reference));
    }

    [Fact]
    public async Task What_a_rule_only_records_keeps_a_reference_of_its_own()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway =>
            {
                gateway["Shield"] = new System.Text.Json.Nodes.JsonObject { ["Rules"] = new System.Text.Json.Nodes.JsonObject { ["Mode"] = "Log" } };
                gateway["Audit"]!["EveryRequest"] = true;
            },
        });
        var alice = await network.SignedInBrowserAsync();

        for (var n = 0; n < RefusalTally.PerPerson + 5; n++) await alice.GetAsync("/owa/?__VIEWSTATE=x");

        var decisions = network.Audit.Lines.Where(line => line["event.action"] == "decision").Select(line => line["event.id"]).ToList();
        Assert.InRange(decisions.Count, RefusalTally.PerPerson + 5, int.MaxValue);
        Assert.Equal(decisions.Count, decisions.Distinct().Count());
    }

    [Fact]
    public async Task A_made_up_session_cookie_does_not_buy_lines()
    {
        await using var network = await SimulatedNetwork.StartAsync();

        for (var n = 0; n < 30; n++)
            await RawConnection.GetAsync(network, "/not-there", $"Cookie: __Host-mfagw={new string((char)('a' + (n % 26)), 43)}");

        Assert.Equal(RefusalTally.PerSource, Refusals(network).Count);
    }

    [Fact]
    public async Task No_count_is_lost_when_the_gateway_stops()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var stranger = network.NewBrowser();
        for (var n = 0; n < 25; n++) await stranger.GetAsync("/not-there");

        await network.RestartAsync();

        var counts = Refusals(network).Sum(line => long.Parse(line["gateway.count"] ?? "1", CultureInfo.InvariantCulture));
        Assert.Equal(25, counts);
    }

    [Fact]
    public async Task Every_kind_of_junk_is_counted_by_itself()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        string[] junk =
        [
            "GET /owa/%252e HTTP/1.1\r\nHost: mail.contoso.com\r\n", "GET /owa/ HTTP/1.1\r\nHost: ex1.contoso.test\r\n", "PUT /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Length: 0\r\n",
            "GET /owa/ HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: X-BEResource=x~1\r\n", "GET /autodiscover/autodiscover.json HTTP/1.1\r\nHost: mail.contoso.com\r\n",
            "GET /ecp/default.aspx?__VIEWSTATE=x HTTP/1.1\r\nHost: mail.contoso.com\r\n", "POST /owa/service.svc HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Length: 99999999\r\n",
            "GET /.gateway/signin-oidc/oidc?code=x&state=x HTTP/1.1\r\nHost: mail.contoso.com\r\n",
        ];

        foreach (var request in junk)
        {
            for (var n = 0; n < 8; n++) await RawConnection.SendAsync(network, $"{request}Connection: close\r\n\r\n");
        }

        await AMinuteAsync(network, lines: junk.Length * (RefusalTally.PerSource + 1));
        Assert.All(Refusals(network).GroupBy(line => $"{line["gateway.reason"]} {line["gateway.rules"]}"), kind => Assert.Equal("3", kind.Last()["gateway.count"]));
        Assert.Empty(network.Exchange.Requests);
    }

    [Fact]
    public async Task A_person_who_wanders_in_gets_a_page_whose_reference_finds_the_line()
    {
        await using var network = await SimulatedNetwork.StartAsync();

        network.ExpectRefusal(await network.NewBrowser().GetAsync("/exchange"), HttpStatusCode.NotFound, "not-published");
    }

    private static List<AuditLine> Refusals(SimulatedNetwork network) => [.. network.Audit.Lines.Where(line => line["event.outcome"] == "failure")];

    private static async Task AMinuteAsync(SimulatedNetwork network, int lines)
    {
        for (var tries = 0; tries < 200 && Refusals(network).Count < lines; tries++)
        {
            network.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }
}
