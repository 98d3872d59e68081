using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;

namespace MfaGateway.Benchmarks;

/// <summary>Exchange's cookie that says where a mailbox is: what nearly every request pays, and the first one at a gateway.</summary>
[MemoryDiagnoser]
public class MailboxRouteBenchmark : IDisposable
{
    private readonly MailboxRoute _routes = new(new EphemeralDataProtectionProvider());
    private readonly LiveSession _session;
    private readonly LiveSession _other;
    private readonly string[] _texts;
    private int _next;

    /// <summary>Protects more values than a session remembers.</summary>
    public MailboxRouteBenchmark()
    {
        var now = TimeProvider.System.GetUtcNow();
        _session = new LiveSession(SessionHandle.Create().Key(), OwaTraffic.Person(now), default, now, now.AddHours(8), now);
        _other = new LiveSession(SessionHandle.Create().Key(), OwaTraffic.Person(now), default, now, now.AddHours(8), now);
        _texts = [.. Enumerable.Range(0, 10).Select(n => _routes.Protect($"{OwaTraffic.Route}{n}", _session))];
    }

    /// <summary>The value that the session's last request brought.</summary>
    [Benchmark(Baseline = true)]
    public bool Remembered() => _routes.Open(_texts[^1], _session) is not null;

    /// <summary>One that this gateway has not seen in the session.</summary>
    [Benchmark]
    public bool Opened() => _routes.Open(_texts[_next++ % _texts.Length], _other) is not null;

    /// <summary>One that nobody protected, in the right shape.</summary>
    [Benchmark]
    public bool Forged() => _routes.Open(OwaTraffic.KeptRoute, _session) is not null;

    /// <summary>As Exchange set it before there was a gateway.</summary>
    [Benchmark]
    public bool Plain() => _routes.Open(OwaTraffic.Route, _session) is not null;

    /// <summary>Ends the sessions.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _session.Dispose();
        _other.Dispose();
    }
}
