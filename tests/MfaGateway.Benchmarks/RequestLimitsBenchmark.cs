using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Configuration;
using MfaGateway.Limits;
using MfaGateway.Sessions;
using MfaGateway.Shield;

namespace MfaGateway.Benchmarks;

/// <summary>Counting a request by everything that it counts for, and giving back what it held.</summary>
[MemoryDiagnoser]
public class RequestLimitsBenchmark : IDisposable
{
    private readonly RequestLimits _limits = new(new GatewaySettings(OwaTraffic.Options(), Path.GetTempPath()));
    private readonly GatewayFeature _signedIn;

    /// <summary>Signs somebody in.</summary>
    public RequestLimitsBenchmark()
    {
        var now = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        _signedIn = new GatewayFeature
        {
            Source = OwaTraffic.Client,
            Target = CanonicalTarget.TryParse(OwaTraffic.SmallGet, out var target) ? target : null,
            Session = new LiveSession(SessionHandle.Create().Key(), OwaTraffic.Person(now), default, now, now.AddHours(8), now),
        };
    }

    /// <summary>Of a session and its user: a minute, and at once.</summary>
    [Benchmark(Baseline = true)]
    public bool SignedIn()
    {
        using var entry = _limits.Enter(_signedIn);
        return entry.Refusal is null;
    }

    /// <summary>Of an address.</summary>
    [Benchmark]
    public bool Stranger() => _limits.Arrive(OwaTraffic.Client) is null;

    /// <summary>Stops the clock of the limits.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _signedIn.Session!.Dispose();
        _limits.Dispose();
    }
}
