using System.Diagnostics;
using System.Globalization;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>
/// What a refused request costs beside a good one, in one run: processor time of the whole process, so both with their client. The numbers are told, not judged;
/// <c>MFAGW_TEST_SCALE=100</c> makes them steady.
/// </summary>
public sealed class RefusalCostTests
{
    private static readonly int _requests = Math.Max(20, (int)(40 * (double.TryParse(Environment.GetEnvironmentVariable("MFAGW_TEST_SCALE"), CultureInfo.InvariantCulture, out var scale) ? scale : 1)));

    [Fact]
    public async Task A_refused_request_beside_a_good_one()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var stranger = network.NewBrowser();

        await MeasureAsync(alice, "/owa/service.svc?action=FindItem&EP=1&ID=-12&AC=1", 200); // warm
        var good = await MeasureAsync(alice, "/owa/service.svc?action=FindItem&EP=1&ID=-12&AC=1", 200);
        (string What, string Target, int Status, (string, string)[] Headers)[] junk =
        [
            ("not published", "/autodiscover/autodiscover.json?@test.example/owa/", 404, []),
            ("known attack", "/owa/?__VIEWSTATE=TUFSSw==", 400, []),
            ("no canonical form", "/owa/%252e%252e/powershell", 400, []),
            ("attack cookie", "/owa/", 400, [("Cookie", "X-BEResource=x~1")]),
        ];
        foreach (var (what, target, status, headers) in junk)
        {
            await MeasureAsync(stranger, target, status, headers);
            var bad = await MeasureAsync(stranger, target, status, headers);
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {bad / good:F2} of a good request ({_requests} each)"));
        }
    }

    private static async Task<double> MeasureAsync(Browser browser, string target, int status, params (string, string)[] headers)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var n = 0; n < _requests; n++) Assert.Equal(status, (int)(await browser.FetchAsync(HttpMethod.Get, target, null, headers)).Status);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds / _requests;
    }
}
