using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Shield;

namespace MfaGateway.Benchmarks;

/// <summary>The one meaning of a target.</summary>
[MemoryDiagnoser]
public class CanonicalTargetBenchmark
{
    /// <summary>A file, as most targets are.</summary>
    [Benchmark(Baseline = true)]
    public bool SmallGet() => CanonicalTarget.TryParse(OwaTraffic.SmallGet, out _);

    /// <summary>A path with a query.</summary>
    [Benchmark]
    public bool ScriptCall() => CanonicalTarget.TryParse(OwaTraffic.ScriptCall, out _);

    /// <summary>Escapes in path and query.</summary>
    [Benchmark]
    public bool Escaped() => CanonicalTarget.TryParse(OwaTraffic.Escaped, out _);
}
