using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Recheck;

/// <summary>An estate whose provider is asked about people every quarter of an hour, and may be away for an hour.</summary>
internal static class RecheckSetup
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    public static Task<SimulatedNetwork> StartAsync(Dialect dialect = Dialect.Oidc, Action<JsonObject>? more = null) => SimulatedNetwork.StartAsync(new NetworkSetup
    {
        Providers = [NetworkSetup.Provider(dialect)],
        PolicyText =
            """
            { "version": 1, "rules": [
              { "id": "staff-owa", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true } },
              { "id": "admins-ecp", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] }, "demand": { "mfa": true } },
              { "id": "fresh", "effect": "require", "when": { "path": ["/ecp/DDI/**"] }, "demand": { "mfa": true, "maxAge": "00:15:00" } } ] }
            """,
        Configuration = gateway =>
        {
            gateway["Sessions"]!["Recheck"] = new JsonObject { ["Every"] = Every.ToString("c"), ["Grace"] = Grace.ToString("c") };
            more?.Invoke(gateway);
        },
    });

    /// <summary>What OWA's script does all day; the status.</summary>
    public static async Task<int> WorkAsync(this Browser browser) => (int)(await browser.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status;

    /// <summary>Works so long that the session does not end for want of a person, but not long enough for the provider to be asked.</summary>
    public static async Task WorkForAsync(this SimulatedNetwork network, Browser browser, TimeSpan time, HttpStatusCode expected = HttpStatusCode.OK)
    {
        for (var end = network.Time.GetUtcNow() + time; network.Time.GetUtcNow() < end;)
        {
            var left = end - network.Time.GetUtcNow();
            network.Time.Advance(left < TimeSpan.FromMinutes(5) ? left : TimeSpan.FromMinutes(5));
            if (network.Time.GetUtcNow() < end) Assert.Equal((int)expected, await browser.WorkAsync());
        }
    }

    /// <summary>Asks every few seconds until the answer is the one expected: while a provider is away nobody waits for it, and what it says counts with a later
    /// request.</summary>
    public static async Task ExpectSoonAsync(this SimulatedNetwork network, HttpStatusCode expected, Func<Task<Page>> request)
    {
        Page page;
        for (var n = 0; (page = await request()).Status != expected && n < 100; n++)
        {
            network.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, page.Status);
    }

    /// <summary>The error answer of a token endpoint.</summary>
    public static HttpResponseMessage Error(string code, HttpStatusCode status = HttpStatusCode.BadRequest) => MisbehavingProvider.Json(new JsonObject { ["error"] = code }, status);
}
