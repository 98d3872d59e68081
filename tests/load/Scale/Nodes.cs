using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>What a small GET costs with so many gateways, which share Redis and their keys, behind HAProxy, which passes connections on in turn without looking into them.
/// They share the machine too: it is the processor time of a request that must not grow. A thousand people take turns, since every gateway asks Redis for each of them.</summary>
internal sealed class Nodes : IScaleMeasurement
{
    private const int Most = 3;
    private const int People = 1_000;

    public string Name => "nodes";

    public string Title => "Small GET, by gateways behind a balancer";

    public async Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        for (var count = 1; count <= Most; count++) await MeasureAsync(count, extent, findings, cancellationToken);
    }

    private static async Task MeasureAsync(int count, Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        await using var site = await Site.StartAsync(people: 1, cancellationToken);
        var (server, redis) = (site.StartBackend(), site.StartRedis());
        var settings = Stores.Settings(Stores.Redis, redis, server);
        settings["Keys__Path"] = Path.Combine(site.Folder, "keys");
        var (gateways, cookie) = (new List<Contestant>(), "");
        for (var n = 1; n <= count; n++)
        {
            gateways.Add(site.With(site.StartGateway($"gateway {n}", site.NextPort(), settings)));
            if (n == 1) cookie = await site.FirstSignInAsync(gateways[0], cancellationToken); // makes the keys
            using var watch = new Watch(site, gateways[^1]);
            await watch.ServesAsync(cookie, cancellationToken);
        }

        await using var balancer = StartBalancer(site, gateways);
        using (var watch = new Watch(site, balancer)) await watch.ServesAsync(cookie, cancellationToken);

        await using var store = new FilledRedis(redis);
        var file = Path.Combine(site.Folder, "cookies");
        await File.WriteAllLinesAsync(file, await new Crowd(settings["Keys__Path"], cookie).JoinAsync(store, extent.Of(People), People, cancellationToken), cancellationToken);
        foreach (var one in gateways.Append(balancer)) one.Cookie = $"@{file}";
        foreach (var gateway in gateways) await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.WarmUp, cancellationToken);

        var (gatewaysBefore, redisBefore, before) = (Processor(), redis.Processor(), gateways.Select(gateway => gateway.Processor()).ToList());
        var small = await Generators.RunAsync(Workload.Small, balancer, site.Authority, extent.Seconds, cancellationToken);
        var (ours, theirs) = (Processor() - gatewaysBefore, redis.Processor() - redisBefore);
        findings.Add(
            $"{count}", small.Wrong, ("requests/s", small.PerSecond), ("CPU µs a request, gateways", ours / Math.Max(1, small.Requests)),
            ("CPU µs a request, Redis", theirs / Math.Max(1, small.Requests)), ("CPU µs a request, HAProxy", small.ProcessorMicroseconds),
            ("least busy gateway's part %", 100 * gateways.Select((gateway, n) => gateway.Processor() - before[n]).Min() / Math.Max(1, ours)),
            ("p50 ms", small.P50 / 1000), ("p99 ms", small.P99 / 1000), ("memory MB, gateways", gateways.Sum(gateway => gateway.Memory()) / Findings.Megabyte));

        double Processor() => gateways.Sum(gateway => gateway.Processor());
    }

    private static Contestant StartBalancer(Site site, List<Contestant> gateways)
    {
        var port = site.NextPort();
        var file = Path.Combine(site.Home(port), "haproxy.cfg");
        File.WriteAllText(file, $"""
            global
              maxconn 1000
            defaults
              mode tcp
              timeout connect 5s
              timeout client 1h
              timeout server 1h
            listen gateways
              bind 127.0.0.1:{port}
              balance roundrobin
            {string.Join('\n', gateways.Select((gateway, n) => $"  server gw{n} 127.0.0.1:{gateway.Port}"))}

            """);
        return new Contestant("HAProxy", port, Programs.Start("haproxy", ["-db", "-f", file]));
    }
}
