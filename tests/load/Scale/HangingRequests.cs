using System.Diagnostics;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>What hanging requests for notifications cost, each of which hears something every second: memory, processor time, and what small GETs beside them wait. Every line
/// has a new gateway, because memory that was once taken stays.</summary>
internal sealed class HangingRequests : IScaleMeasurement
{
    private static readonly (int Count, bool Http2)[] _steps = [(0, false), (1_000, false), (5_000, false), (8_000, false), (10_000, true)];

    public string Name => "hanging";

    public string Title => "Hanging requests, and small GETs beside them";

    public async Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        foreach (var (count, http2) in _steps) await MeasureAsync(extent.Of(count), http2, extent, findings, cancellationToken);
    }

    private static async Task MeasureAsync(int count, bool http2, Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        await using var site = await Site.StartAsync(people: 1, cancellationToken);
        var server = site.StartBackend();
        await using var gateway = site.StartGateway("gateway", site.NextPort(), Stores.Settings(Stores.Memory, null, server));
        gateway.Cookie = await site.FirstSignInAsync(gateway, cancellationToken);
        await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.WarmUp, cancellationToken);
        await Task.Delay(extent.Rest, cancellationToken);

        var before = gateway.Memory();
        var opened = Stopwatch.StartNew();
        await using var hanging = await Hanging.OpenAsync(count, gateway, site.Authority, cancellationToken, http2);
        var took = opened.Elapsed;
        await Task.Delay(extent.Rest, cancellationToken);

        var (spent, watched) = (gateway.Processor(), Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(extent.Seconds), cancellationToken);
        var aSecond = (gateway.Processor() - spent) / watched.Elapsed.TotalSeconds;
        var each = count == 0 ? (double?)null : (gateway.Memory() - before) / (double)count;

        var small = await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.Seconds, cancellationToken);
        findings.Add(
            $"{count:N0}, HTTP/{(http2 ? "2" : "1.1")}", small with { Wrong = small.Wrong + hanging.Broken },
            ("CPU µs a request without that of the hanging", small.ProcessorMicroseconds - (aSecond * small.Seconds / Math.Max(1, small.Requests))),
            ("CPU µs of one hanging a second", count == 0 ? null : aSecond / count), ("CPU ms a second", aSecond / 1000), ("bytes of one hanging", each),
            ("connections", hanging.Connections), ("opened in s", took.TotalSeconds));
    }
}
