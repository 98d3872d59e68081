using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Access;

/// <summary>What is on trial is recorded and has no effect; what a decision was made of stands on its line.</summary>
public sealed class PolicyOnTrialTests
{
    private const string Next =
        """
        { "version": 1, "state": "report-only", "rules": [
          { "id": "everybody", "effect": "permit" },
          { "id": "browsers-only", "effect": "forbid", "when": { "not": { "client": ["browser"] } } } ] }
        """;

    private static NetworkSetup WithTrial(string policy = NetworkSetup.Policy) => new()
    {
        PolicyText = policy,
        Files = { ["next.json"] = Next },
        Configuration = gateway => gateway["Policy"]!["ReportOnlyPath"] = "next.json",
    };

    private static IReadOnlyList<AuditLine> Decisions(SimulatedNetwork network) => [.. network.Audit.Lines.Where(line => line["event.action"] == "decision")];

    [Fact]
    public async Task a_document_on_trial_refuses_nobody_and_its_answer_stands_beside_the_one_that_counts()
    {
        await using var network = await SimulatedNetwork.StartAsync(WithTrial());

        var page = await (await network.SignedInBrowserAsync()).GetAsync("/owa/");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        var line = Decisions(network)[^1];
        Assert.Equal(("allow", "staff-owa"), (line["gateway.decision"], line.Json.GetProperty("gateway.rules")[0].GetString()));
        Assert.Equal(("deny", "forbidden", "browsers-only"), (line["gateway.trial.decision"], line["gateway.trial.reason"], line.Json.GetProperty("gateway.trial.rules")[0].GetString()));
    }

    [Fact]
    public async Task a_document_on_trial_permits_nobody()
    {
        await using var network = await SimulatedNetwork.StartAsync(WithTrial());
        var browser = await network.SignedInBrowserAsync();

        var page = await browser.GetAsync("/ecp/");

        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        var line = Decisions(network)[^1];
        Assert.Equal(("deny", "no-rule-permits", "deny"), (line["gateway.decision"], line["gateway.reason"], line["gateway.trial.decision"]));
    }

    [Fact]
    public async Task a_line_is_written_when_only_the_answer_on_trial_changes()
    {
        await using var network = await SimulatedNetwork.StartAsync(WithTrial());
        var browser = await network.SignedInBrowserAsync();
        await browser.FetchAsync(HttpMethod.Get, "/owa/");
        var before = Decisions(network).Count;

        await browser.FetchAsync(HttpMethod.Get, "/owa/", null, ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"));
        await browser.FetchAsync(HttpMethod.Get, "/owa/", null, ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"));

        var after = Decisions(network);
        Assert.Equal(before + 1, after.Count);
        Assert.Equal(("allow", "allow", "browser", "linux"), (after[^1]["gateway.decision"], after[^1]["gateway.trial.decision"], after[^1]["gateway.facts.client"], after[^1]["gateway.facts.platform"]));
    }

    [Fact]
    public async Task a_refusal_bears_the_facts_it_was_made_of()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await network.SignedInBrowserAsync();

        await browser.GetAsync("/ecp/");

        var line = Decisions(network)[^1];
        Assert.Equal(("deny", "ecp", "/ecp/", "GET", "true"), (line["gateway.decision"], line["gateway.resource"], line["url.path"], line["http.request.method"], line["gateway.facts.mfa"]?.ToLowerInvariant()));
        Assert.Equal("""["Staff"]""", line["gateway.facts.groups"]);
        Assert.Matches("^[0-9a-f]{12}$", line["gateway.policy"]);
    }
}
