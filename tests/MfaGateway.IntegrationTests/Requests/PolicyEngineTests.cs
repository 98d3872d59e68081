using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using MfaGateway.Access.Opa;
using MfaGateway.IntegrationTests.Simulation;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>A gateway that asks an Open Policy Agent over TLS: its answers are acted upon, and no answer is never "come in".</summary>
public sealed class PolicyEngineTests
{
    private const string Allow = """{ "result": { "decision": "allow", "rules": ["mail", "staff"] } }""";

    [Fact]
    public async Task what_the_agent_allows_is_forwarded_and_the_audit_line_names_its_rules()
    {
        await using var agent = await StartAgentAsync(_ => Allow);
        await using var network = await StartAsync(agent);

        await network.ExpectAcceptedAsync(network.NewBrowser());

        Assert.Contains("/v1/data/mfagw/decision", agent.Asked);
        var line = Assert.Single(network.Audit.Lines, line => line["event.action"] == "decision");
        Assert.Equal(("allow", "permitted", """["mail","staff"]"""), (line["gateway.decision"], line["gateway.reason"], line["gateway.rules"]));
    }

    [Fact]
    public async Task what_the_agent_denies_is_403_with_its_reason_and_rules_in_the_audit_trail()
    {
        await using var agent = await StartAgentAsync(_ => """{ "result": { "decision": "deny", "reason": "outside-hours", "rules": ["hours", "staff"] } }""");
        await using var network = await StartAsync(agent);

        var page = await network.NewBrowser().OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "outside-hours");
        Assert.Equal("""["hours","staff"]""", network.Audit.Of(page.Reference)["gateway.rules"]);
        Assert.Empty(network.Exchange.Requests);
    }

    [Fact]
    public async Task what_the_agent_demands_is_asked_for_at_the_provider_once()
    {
        await using var agent = await StartAgentAsync(input => Age(input) > TimeSpan.FromMinutes(15)
            ? """{ "result": { "decision": "step-up", "demands": { "mfa": true, "maxAge": "00:15:00" }, "rules": ["fresh"] } }"""
            : Allow);
        await using var network = await StartAsync(agent);
        var browser = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(20));

        var script = await browser.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");
        var page = await browser.OpenAsync("/owa/");

        Assert.Equal((440, HttpStatusCode.OK), ((int)script.Status, page.Status));
        Assert.Equal("900", network.Provider.LastRequest["max_age"]);
        Assert.Equal(2, network.Provider.AuthorizationRequests.Count);
    }

    [Fact]
    public async Task an_agent_that_demands_the_same_again_and_again_makes_no_loop()
    {
        await using var agent = await StartAgentAsync(_ => """{ "result": { "decision": "step-up", "demands": { "context": ["c9"] } } }""");
        await using var network = await StartAsync(agent);

        var page = await network.NewBrowser().OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "factor-not-delivered");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "result": { "decision": "ALLOW" } }""")]
    [InlineData("""{ "result": true }""")]
    [InlineData("")]
    public async Task no_answer_is_503_nothing_is_forwarded_and_the_session_is_kept(string answer)
    {
        var current = Allow;
        await using var agent = await StartAgentAsync(_ => current);
        await using var network = await StartAsync(agent);
        var alice = await network.SignedInBrowserAsync();
        var forwarded = network.Exchange.Requests.Count;

        current = answer;
        var page = await alice.GetAsync("/owa/");
        var script = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");

        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "policy-engine-unavailable");
        Assert.Equal("10", page.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, script.Status);
        Assert.Equal("policy-engine-unavailable", network.Audit.Of(script.Reference)["gateway.reason"]);
        Assert.Empty(page.SetCookies);
        Assert.Equal(forwarded, network.Exchange.Requests.Count);

        current = Allow;
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task an_agent_whose_certificate_is_not_trusted_learns_nothing()
    {
        await using var agent = await StartAgentAsync(_ => Allow);
        await using var network = await StartAsync(agent, trusted: false);

        var page = await network.NewBrowser().OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "policy-engine-unavailable");
        Assert.Empty(agent.Asked);
    }

    [Fact]
    public async Task readiness_and_health_follow_the_agent()
    {
        await using var agent = await StartAgentAsync(_ => Allow);
        await using var network = await StartAsync(agent);
        var browser = network.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/.gateway/health/ready")).Status);

        agent.Handler = null;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync("/.gateway/health/ready")).Status);
        var health = await Management.HealthAsync(network);
        Assert.Equal((false, "opa"), (health.GetProperty("ready").GetBoolean(), health.GetProperty("policyEngine").GetString()));
    }

    [Fact]
    public async Task the_token_is_sent_and_stands_in_no_log()
    {
        var sent = "";
        await using var agent = await StartAgentAsync(_ => Allow, context => sent = context.Request.Headers.Authorization.ToString());
        await using var network = await StartAsync(agent, options: opa => opa.BearerToken = new Configuration.Secret("token-that-must-not-show"));

        await network.SignedInBrowserAsync();

        Assert.Equal("Bearer token-that-must-not-show", sent);
        Assert.DoesNotContain("token-that-must-not-show", network.Log.Text + network.Audit.Text, StringComparison.Ordinal);
    }

    private static async Task<LoopbackServer> StartAgentAsync(Func<JsonElement, string> answer, Action<HttpContext>? see = null)
    {
        var server = await LoopbackServer.StartAsync();
        server.Handler = async context =>
        {
            see?.Invoke(context);
            if (context.Request.Path == "/health") return true;
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer(body.RootElement.GetProperty("input")), context.RequestAborted);
            return true;
        };
        return server;
    }

    private static TimeSpan Age(JsonElement input) => input.GetProperty("now").GetDateTimeOffset() - input.GetProperty("mfaAt").GetDateTimeOffset();

    private static Task<SimulatedNetwork> StartAsync(LoopbackServer agent, bool trusted = true, Action<OpaOptions>? options = null) =>
        SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Tls = true, // puts the certificate's file beside the configuration
            Options = all => options?.Invoke(all.Policy.Opa),
            Configuration = gateway =>
            {
                var opa = new JsonObject { ["Url"] = agent.Origin, ["Timeout"] = "00:00:20" };
                if (trusted) opa["TrustedCertificates"] = "gateway.pem";
                gateway["Policy"] = new JsonObject { ["Engine"] = "opa", ["Opa"] = opa };
            },
        });
}
