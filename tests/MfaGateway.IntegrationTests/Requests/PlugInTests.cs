using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>A gateway with the sample plug-in.</summary>
public sealed class PlugInTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "plug-ins");

    [Fact]
    public async Task a_condition_of_a_plug_in_decides_and_one_that_cannot_tell_forbids()
    {
        await using var network = await StartAsync();
        network.Provider.IdToken = token => token.Claim("employeeid", "one thousand and one");

        var page = await network.NewBrowser().OpenAsync("/owa/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("""["numbers"]""", network.Audit.Of(page.Reference)["gateway.rules"]);
    }

    [Fact]
    public async Task a_condition_of_a_plug_in_that_does_not_hold_lets_pass()
    {
        await using var network = await StartAsync();
        network.Provider.IdToken = token => token.Claim("employeeid", "2000");

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Fact]
    public async Task log_and_health_say_whose_code_runs_here()
    {
        await using var network = await StartAsync();

        var plugIn = Assert.Single((await Management.HealthAsync(network)).GetProperty("plugIns").EnumerateArray());

        Assert.Equal(("SamplePlugIn", "1.2.3"), (plugIn.GetProperty("name").GetString(), plugIn.GetProperty("version").GetString()));
        Assert.Equal("employee-number", Assert.Single(plugIn.GetProperty("conditions").EnumerateArray()).GetString());
        Assert.Contains($"Plug-in SamplePlugIn 1.2.3 adds the conditions employee-number; SHA-256 {plugIn.GetProperty("sha256")}", network.Log.Text, StringComparison.Ordinal);
    }

    private static Task<SimulatedNetwork> StartAsync() => SimulatedNetwork.StartAsync(new NetworkSetup
    {
        Configuration = gateway => gateway["Policy"]!["PlugIns"] = Folder,
        PolicyText = NetworkSetup.Policy.Replace(
            "\"rules\": [",
            """
            "rules": [ { "id": "numbers", "effect": "forbid", "when": { "employee-number": { "claim": "employeeid", "from": 1000, "to": 1999 } } },
            """,
            StringComparison.Ordinal),
    });
}
