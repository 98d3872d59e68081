using System.Collections.Concurrent;
using System.Diagnostics;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>Whole sign-ins, with password, code and new connections, so many at once. Browsers and provider are this process and take most of the machine, so their
/// processor time is told too.</summary>
internal sealed class SignIns : IScaleMeasurement
{
    private const int Each = 400;
    private const int WarmUp = 100;

    private static readonly int[] _atOnce = [1, 8, 32];

    public string Name => "sign-ins";

    public string Title => "Sign-ins, by how many at once";

    public async Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        var (each, warmUp) = (Math.Max(extent.Of(Each), _atOnce.Max()), Math.Max(extent.Of(WarmUp), _atOnce.Max()));
        await using var site = await Site.StartAsync(1 + warmUp + (_atOnce.Length * each), cancellationToken);
        var server = site.StartBackend();
        await using var gateway = site.StartGateway("gateway", site.NextPort(), Stores.Settings(Stores.Sqlite, null, server)); // the lab's limits let one address sign in so often
        await site.FirstSignInAsync(gateway, cancellationToken);
        await RunAsync(warmUp, _atOnce.Max());
        foreach (var atOnce in _atOnce)
        {
            var (spent, own, began) = (gateway.Processor(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            var (times, failed) = await RunAsync(each, atOnce);
            var took = began.Elapsed;
            findings.Add(
                $"{atOnce}", failed, ("sign-ins/s", times.Count / took.TotalSeconds), ("gateway CPU ms each", (gateway.Processor() - spent) / 1000 / each),
                ("browser and provider CPU ms each", (Environment.CpuUsage.TotalTime - own).TotalMilliseconds / each),
                ("p50 ms", times.At(0.5)), ("p99 ms", times.At(0.99)), ("memory MB", gateway.Memory() / Findings.Megabyte));
        }

        async Task<(List<double> Milliseconds, long Failed)> RunAsync(int count, int atOnce)
        {
            var (times, failed) = (new ConcurrentBag<double>(), 0L);
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, async (_, stop) =>
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    await site.SignInAsync(gateway, site.NextPerson(), stop);
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
                catch (Exception e) when (e is HttpRequestException or InvalidOperationException or IOException)
                {
                    if (Interlocked.Increment(ref failed) == 1) await Console.Error.WriteLineAsync($"A sign-in failed: {e.Message.Split('\n')[0]}");
                }
            });
            return ([.. times.Order()], failed);
        }
    }
}
