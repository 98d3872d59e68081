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
public sealed class SessionLookupBenchmark
{
    private const int Others = 10_000;

    private readonly SessionRegistry _sessions;
    private readonly HttpRequest _request = new DefaultHttpContext().Request;

    /// <summary>Signs everybody in.</summary>
    public SessionLookupBenchmark()
    {
        // a clock that stands still: otherwise the store is asked again every second, and one round in a million pays for that
        var now = new StandingClock(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        _sessions = new SessionRegistry(
            new MemorySessionStore(), new GatewaySettings(OwaTraffic.Options(), Path.GetTempPath()), new EphemeralDataProtectionProvider(), now, NullLogger<SessionRegistry>.Instance);
        var handle = SessionHandle.Create();
        for (var session = 0; session < Others; session++) (handle, _) = _sessions.CreateAsync(OwaTraffic.Person(now.GetUtcNow()), CancellationToken.None).GetAwaiter().GetResult();
        _request.Headers.Cookie = OwaTraffic.Headers(handle, scriptCall: false).Cookie;
    }

    /// <summary>The handle out of the header, its key, and the session.</summary>
    [Benchmark]
    public bool Find()
    {
        var key = SessionCookie.Read(_request)?.Key() ?? throw new InvalidOperationException("The header must have a handle.");
        var found = _sessions.FindAsync(key, CancellationToken.None);
        return found.IsCompletedSuccessfully && found.Result is not null;
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
