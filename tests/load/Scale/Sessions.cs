using System.Diagnostics;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>What a signed-in small GET costs with so many sessions in the store: of one person, who is in the gateway's cache, and of thousands in turn, for each of whom the
/// gateway asks its store once a second: a person who sends less than that has every request asked for. Memory cannot be filled from outside and has the one session only.</summary>
internal sealed class Sessions : IScaleMeasurement
{
    private const int MostUsed = 10_000;
    private const int Looks = 200;

    private static readonly int[] _counts = [1, 10_000, 1_000_000];

    public string Name => "sessions";

    public string Title => "Small GET, by sessions in the store";

    public async Task MeasureAsync(Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        await MeasureAsync(Stores.Memory, 1, extent, findings, cancellationToken);
        foreach (var store in (IEnumerable<string>)[Stores.Sqlite, Stores.Redis])
        {
            foreach (var count in _counts) await MeasureAsync(store, extent.Of(count), extent, findings, cancellationToken);
        }
    }

    private static async Task MeasureAsync(string store, int count, Extent extent, Findings findings, CancellationToken cancellationToken)
    {
        await using var site = await Site.StartAsync(people: 1, cancellationToken);
        var server = site.StartBackend();
        var (redis, port) = (store == Stores.Redis ? site.StartRedis() : null, site.NextPort());
        await using IFilledStore? inside = store switch
        {
            Stores.Sqlite => new FilledSqlite(Path.Combine(site.Home(port), "sessions.db")),
            Stores.Redis => new FilledRedis(redis!),
            _ => null,
        };
        var cookie = "";
        if (inside is not null)
        {
            await using var first = Start();
            cookie = await site.FirstSignInAsync(first, cancellationToken);
        }

        var used = inside is null ? [] : await new Crowd(site.KeysOf(port), cookie).JoinAsync(inside, count - 1, MostUsed, cancellationToken);
        var begun = Stopwatch.StartNew();
        await using var gateway = Start();
        using var watch = new Watch(site, gateway);
        var ready = await watch.ReadyAsync(begun, cancellationToken);
        if (inside is null) cookie = await site.FirstSignInAsync(gateway, cancellationToken);
        await watch.ServesAsync(cookie, cancellationToken);

        gateway.Cookie = cookie;
        await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.WarmUp, cancellationToken);
        var (cold, warm) = await LookAsync(watch, used, cancellationToken);
        var one = await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.Seconds, cancellationToken);
        var size = inside is null ? (double?)null : await inside.SizeAsync() / Findings.Megabyte;
        var sweep = inside is null ? (double?)null : (await inside.SweepAsync(cancellationToken)).TotalMilliseconds;
        findings.Add(
            $"{store}, {count:N0}, of one", one, ("start s", ready.TotalSeconds), ("store MB", size), ("first request of a session ms", cold), ("second ms", warm),
            ("look for what is over ms", sweep));

        if (used.Count > 0)
        {
            var file = Path.Combine(site.Folder, "cookies");
            await File.WriteAllLinesAsync(file, used, cancellationToken);
            gateway.Cookie = $"@{file}";
            await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.Seconds, cancellationToken); // everybody comes into the cache
            findings.Add($"{store}, {count:N0}, of {used.Count:N0}", await Generators.RunAsync(Workload.Small, gateway, site.Authority, extent.Seconds, cancellationToken));
        }

        Contestant Start() => site.StartGateway($"gateway, {store}", port, Stores.Settings(store, redis, server));
    }

    /// <summary>Medians of the first and the second request of some who were not seen before, in milliseconds.</summary>
    private static async Task<(double? Cold, double? Warm)> LookAsync(Watch watch, IReadOnlyList<string> cookies, CancellationToken cancellationToken)
    {
        var (cold, warm) = (new List<double>(), new List<double>());
        foreach (var cookie in cookies.Take(Looks))
        {
            cold.Add(await AskAsync(cookie));
            warm.Add(await AskAsync(cookie));
        }

        return cold.Count == 0 ? (null, null) : (cold.Median(), warm.Median());

        async Task<double> AskAsync(string cookie) =>
            (await watch.AskAsync(cookie, cancellationToken))?.TotalMilliseconds ?? throw new InvalidOperationException("A session of the filled store is not let through.");
    }
}
