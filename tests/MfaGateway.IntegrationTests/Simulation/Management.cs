using System.Text.Json;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>What an operator reads on the management listener.</summary>
internal static class Management
{
    public static async Task<JsonElement> HealthAsync(SimulatedNetwork network)
    {
        using var client = new HttpClient();
        return JsonElement.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{network.ManagementPort}/health"), TestContext.Current.CancellationToken));
    }
}
