using System.Diagnostics;
using System.Net;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>Somebody who works while others attack. How much less is done meanwhile is said, as a ratio; that every request succeeds is insisted on.</summary>
internal sealed class BusyUser
{
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(500);

    private readonly Browser _browser;

    private BusyUser(Browser browser) => _browser = browser;

    public static async Task<BusyUser> SignInAsync(SimulatedNetwork network) => new(await network.SignedInBrowserAsync());

    /// <summary>Works for a while undisturbed, and then as long as the attack takes.</summary>
    public async Task<T> DuringAsync<T>(string what, Func<Task<T>> attack)
    {
        await WorkAsync(Task.Delay(_quiet)); // to warm up
        var before = await WorkAsync(Task.Delay(_quiet));
        var running = attack();
        var during = await WorkAsync(running, atLeast: 20);
        TestContext.Current.SendDiagnosticMessage($"{what}: a signed-in user worked at {during / before:P0} of the speed before ({before:F0} requests a second)");
        return await running;
    }

    private async Task<double> WorkAsync(Task until, int atLeast = 0)
    {
        var (watch, requests) = (Stopwatch.StartNew(), 0);
        for (; !until.IsCompleted || requests < atLeast; requests++)
        {
            var answer = await _browser.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx");
            Assert.True(answer.Status is HttpStatusCode.OK, $"The user got {answer}");
        }

        return requests / watch.Elapsed.TotalSeconds;
    }
}
