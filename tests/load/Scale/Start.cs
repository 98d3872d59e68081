using System.Diagnostics;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>How long a start takes, from the start of the process to the first answer that it is ready, and what lies in memory when nothing was asked of it yet. The first
/// start, which makes keys and reads files from disk, is not counted.</summary>
internal sealed class Start : IScaleMeasurement
{
    private const int Starts = 7;

    public string Name => "start";

    public string Title => "Start until ready, memory at rest";

    public async Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        await using var site = await Site.StartAsync(people: 0, cancellationToken);
        var (server, redis) = (site.StartBackend(), site.StartRedis());
        var yarp = site.NextPort();
        await MeasureAsync("plain YARP", () => site.StartPlainYarp("plain YARP", yarp, server));
        foreach (var store in Stores.All)
        {
            var port = site.NextPort();
            await MeasureAsync($"gateway, {store}", () => site.StartGateway($"gateway, {store}", port, Stores.Settings(store, redis, server)));
        }

        async Task MeasureAsync(string step, Func<Contestant> start)
        {
            var (starts, cost, memory) = (new List<double>(), new List<double>(), new List<double>());
            for (var n = 0; n <= extent.Of(Starts); n++)
            {
                var begun = Stopwatch.StartNew();
                await using var contestant = start();
                using var watch = new Watch(site, contestant);
                var took = await watch.ReadyAsync(begun, cancellationToken);
                if (n == 0) continue;
                starts.Add(took.TotalSeconds);
                cost.Add(contestant.Processor() / 1e6);
                if (n < extent.Of(Starts)) continue;
                await Task.Delay(extent.Rest, cancellationToken);
                memory.Add(contestant.Memory() / Findings.Megabyte);
            }

            findings.Add(
                step, wrong: 0, ("ready s", starts.Median()), ("fastest s", starts.Min()), ("slowest s", starts.Max()),
                ("CPU s", cost.Median()), ("memory MB", memory.Single()));
        }
    }
}
