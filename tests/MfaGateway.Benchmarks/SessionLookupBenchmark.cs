using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Configuration;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Benchmarks;

/// <summary>From the Cookie header to the session, which this node has in its cache among many others.</summary>
[MemoryDiagnoser]
public class SessionLookupBenchmark
{
    private const int Others = 10_000;

    private readonly SessionRegistry _sessions;
    private readonly DefaultHttpContext _first = new();
    private readonly DefaultHttpContext _kept = new();

    /// <summary>Signs everybody in.</summary>
    public SessionLookupBenchmark()
    {
        // a clock that stands still: otherwise the store is asked again every second, and one round in a million pays for that
        var now = new StandingClock(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        _sessions = new SessionRegistry(
            new MemorySessionStore(), new GatewaySettings(OwaTraffic.Options(), Path.GetTempPath()), new EphemeralDataProtectionProvider(), now, NullLogger<SessionRegistry>.Instance);
        var handle = SessionHandle.Create();
        for (var session = 0; session < Others; session++) (handle, _) = _sessions.CreateAsync(OwaTraffic.Person(now.GetUtcNow()), CancellationToken.None).GetAwaiter().GetResult();
        _first.Request.Headers.Cookie = _kept.Request.Headers.Cookie = OwaTraffic.Headers(handle, scriptCall: false).Cookie;
        _kept.Features.Set(new LastHandle());
    }

    /// <summary>The handle out of the header, its key, and the session; on a connection that is kept.</summary>
    [Benchmark(Baseline = true)]
    public bool Find() => IsFound(SessionCookie.ReadKey(_kept));

    /// <summary>The first request of a connection, whose handle has to be hashed.</summary>
    [Benchmark]
    public bool FindFirst() => IsFound(SessionCookie.ReadKey(_first));

    private bool IsFound(SessionKey? named)
    {
        var key = named ?? throw new InvalidOperationException("The header must have a handle.");
        var found = _sessions.FindAsync(key, CancellationToken.None);
        return found.IsCompletedSuccessfully && found.Result is not null;
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
