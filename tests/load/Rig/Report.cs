using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MfaGateway.Load.Rig;

/// <summary>What was measured, by workload and contestant, with the rounds in their order.</summary>
internal sealed class Report
{
    private const int BarLength = 50;

    private readonly Dictionary<string, Dictionary<string, List<Measurement>>> _all = [];

    /// <summary>Wrong answers and requests without one, over all.</summary>
    public long Wrong => _all.Values.SelectMany(one => one.Values).SelectMany(rounds => rounds).Sum(measured => measured.Wrong);

    public void Add(Workload workload, Contestant contestant, Measurement measured)
    {
        if (!_all.TryGetValue(workload.Name, out var contestants)) _all[workload.Name] = contestants = [];
        if (!contestants.TryGetValue(contestant.Name, out var rounds)) contestants[contestant.Name] = rounds = [];
        rounds.Add(measured);
    }

    /// <summary>A table for each workload. Ratios are to the first contestant in the same round, medians of the rounds, with the lowest and the highest.</summary>
    public string Tables()
    {
        var text = new StringBuilder();
        foreach (var (workload, contestants) in _all)
        {
            var first = contestants.Values.First();
            text.Append(CultureInfo.InvariantCulture, $"\n### {workload}\n\n| | CPU µs a request | of {contestants.Keys.First()} | requests/s | of it | p50 ms | p99 ms | p99.9 ms | memory MB | bytes a request | wrong |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
            foreach (var (contestant, rounds) in contestants)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {contestant} | {Median(rounds, m => m.ProcessorMicroseconds):f1} | {Ratio(rounds, first, m => m.ProcessorMicroseconds)} | {Median(rounds, m => m.PerSecond):f0} | {Ratio(rounds, first, m => m.PerSecond)} | {Median(rounds, m => m.P50) / 1000:f2} | {Median(rounds, m => m.P99) / 1000:f2} | {Median(rounds, m => m.P999) / 1000:f2} | {Median(rounds, m => m.Memory) / 1048576:f0} | {(rounds[0].Allocated is null ? "" : Median(rounds, m => m.Allocated!.Value)):f0} | {rounds.Sum(m => m.Wrong)} |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Processor time of each contestant as bars, for one workload.</summary>
    public string Chart(string workload)
    {
        if (!_all.TryGetValue(workload, out var contestants)) return "";
        var medians = contestants.Select(one => (one.Key, Cost: Median(one.Value, m => m.ProcessorMicroseconds))).ToList();
        var (longest, dearest) = (medians.Max(one => one.Key.Length), medians.Max(one => one.Cost));
        var bars = medians.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key.PadRight(longest)}  {new string('█', Math.Max(1, (int)Math.Round(BarLength * one.Cost / dearest)))} {one.Cost:f0}"));
        return $"\n```text\n{workload}: processor time of a request in µs\n\n{string.Join('\n', bars)}\n```\n";
    }

    /// <summary>Everything, for programs.</summary>
    public string Json() => new JsonObject
    {
        ["machine"] = Machine(),
        ["workloads"] = JsonSerializer.SerializeToNode(_all, JsonSerializerOptions.Web),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>What it was measured on.</summary>
    public static JsonObject Machine() => new()
    {
        ["processors"] = Environment.ProcessorCount, ["system"] = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
        ["model"] = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim(),
        ["runtime"] = Environment.Version.ToString(),
    };

    private static string Ratio(List<Measurement> rounds, List<Measurement> first, Func<Measurement, double> figure)
    {
        var ratios = rounds.Zip(first, (mine, theirs) => figure(mine) / figure(theirs)).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{ratios.Median():f2} ({ratios[0]:f2}–{ratios[^1]:f2})");
    }

    private static double Median(List<Measurement> rounds, Func<Measurement, double> figure) => rounds.Select(figure).Median();
}
