using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.Shield.KnownAttacks;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Benchmarks;

/// <summary>All rules that come with the gateway, on requests that meet none.</summary>
[MemoryDiagnoser]
public class ShieldRulesBenchmark
{
    private readonly ShieldRuleSet _rules = new(ShieldRuleReader.Shipped.Rules);
    private readonly (HttpRequest Request, CanonicalTarget Target) _smallGet = Make("GET", OwaTraffic.SmallGet, scriptCall: false);
    private readonly (HttpRequest Request, CanonicalTarget Target) _scriptCall = Make("POST", OwaTraffic.ScriptCall, scriptCall: true);
    private readonly (HttpRequest Request, CanonicalTarget Target) _escaped = Make("GET", OwaTraffic.Escaped, scriptCall: false);

    /// <summary>A file.</summary>
    [Benchmark(Baseline = true)]
    public bool SmallGet() => Meets(_smallGet);

    /// <summary>A call with a query and many headers.</summary>
    [Benchmark]
    public bool ScriptCall() => Meets(_scriptCall);

    /// <summary>A query that has to be decoded.</summary>
    [Benchmark]
    public bool Escaped() => Meets(_escaped);

    private bool Meets((HttpRequest Request, CanonicalTarget Target) asked) => _rules.Find(asked.Request, asked.Target) is not null;

    private static (HttpRequest Request, CanonicalTarget Target) Make(string method, string rawTarget, bool scriptCall)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        foreach (var (name, values) in OwaTraffic.Headers(SessionHandle.Create(), scriptCall)) request.Headers[name] = values;
        return CanonicalTarget.TryParse(rawTarget, out var target) ? (request, target) : throw new InvalidOperationException("The target must have a meaning.");
    }
}
