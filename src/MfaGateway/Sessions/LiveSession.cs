using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MfaGateway.Access;
using MfaGateway.Exchange;
using MfaGateway.Policy;

namespace MfaGateway.Sessions;

/// <summary>A session in use on this node: the facts, when a person was last active, and the token that ends its running requests.</summary>
internal sealed class LiveSession : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private long _lastActive;
    private long _written;
    private long _verified;
    private int _requests;
    private volatile Known _known;

    public LiveSession(SessionKey key, GatewaySession facts, ReadOnlyMemory<byte> payload, DateTimeOffset lastActive, DateTimeOffset expires, DateTimeOffset now)
    {
        (Key, _known, Expires) = (key, Known.Of(facts, payload), expires);
        Owner = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{facts.Provider}\n{facts.Subject}")).AsSpan(0, 16));
        (_lastActive, _written, _verified) = (lastActive.UtcTicks, lastActive.UtcTicks, now.UtcTicks);
    }

    public SessionKey Key { get; }
    public GatewaySession Facts => _known.Facts;
    public AccessSubject Subject => _known.Subject;
    public DateTimeOffset Expires { get; }

    /// <summary>Names the person across sessions, for <c>CookieOwner</c>: a hash of the provider's name and its <c>sub</c>.</summary>
    public string Owner { get; }

    /// <summary>Cancelled when the session ends, whoever ended it.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The last answers per resource, so that only changed ones are recorded.</summary>
    public ConcurrentDictionary<string, Answers> LastAnswers { get; } = new(StringComparer.Ordinal);

    /// <summary>The server that served the last request: kept while it is healthy, because warm connections are there.</summary>
    public string? Destination { get; private set; }

    /// <summary>The server that failed the last request, or did not know the person: passed over while there is another.</summary>
    public string? FailedAt { get; private set; }

    /// <summary>The last values of <c>X-BackEndCookie</c>.</summary>
    public KnownRoutes Routes { get; } = new();

    /// <summary>Whether a request of it is running.</summary>
    public bool HasRequests => Volatile.Read(ref _requests) > 0;

    public DateTimeOffset LastActive => new(Volatile.Read(ref _lastActive), TimeSpan.Zero);

    public bool IsOver(DateTimeOffset now, TimeSpan idle) => now >= Expires || now - LastActive > idle;

    public bool NeedsVerifying(DateTimeOffset now, TimeSpan every) => now.UtcTicks - Volatile.Read(ref _verified) > every.Ticks;

    public void Verified(DateTimeOffset now, DateTimeOffset lastActiveElsewhere)
    {
        Volatile.Write(ref _verified, now.UtcTicks);
        Advance(ref _lastActive, lastActiveElsewhere.UtcTicks);
    }

    /// <summary>Notes that a person was active; true when that is worth writing to the store.</summary>
    public bool Touch(DateTimeOffset now, TimeSpan writeEvery)
    {
        Advance(ref _lastActive, now.UtcTicks);
        var written = Volatile.Read(ref _written);
        return now.UtcTicks - written > writeEvery.Ticks && Interlocked.CompareExchange(ref _written, now.UtcTicks, written) == written;
    }

    public void ServedBy(string server) => (Destination, FailedAt) = (server, null);

    public void FailedBy(string server) => (Destination, FailedAt) = (null, server);

    public void RequestBegins() => Interlocked.Increment(ref _requests);

    public void RequestEnds() => Interlocked.Decrement(ref _requests);

    public void Satisfied()
    {
        var known = _known;
        Interlocked.CompareExchange(ref _known, known with { Facts = known.Facts with { Asked = null } }, known); // what somebody took over meanwhile counts more
    }

    /// <summary>Whether the facts here are those of these bytes. Facts of which the provider is never asked again do not change.</summary>
    public bool IsMadeOf(ReadOnlyMemory<byte> payload) => _known is not { Hash: { } hash } || hash.AsSpan().SequenceEqual(SHA256.HashData(payload.Span));

    /// <summary>Takes facts over from the store, unless later ones are here: what a slow reader brings is old.</summary>
    public void Take(GatewaySession facts, ReadOnlyMemory<byte> payload)
    {
        if (facts.ConfirmedAt >= Facts.ConfirmedAt) _known = Known.Of(facts, payload);
    }

    public void End()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // ended twice at the same moment: the first one did the work
        }
    }

    public void Dispose() => _ended.Dispose();

    /// <param name="Facts">The facts.</param>
    /// <param name="Subject">The same for the policy.</param>
    /// <param name="Hash">Of the bytes they came from; null when they do not change.</param>
    private sealed record Known(GatewaySession Facts, AccessSubject Subject, byte[]? Hash)
    {
        public static Known Of(GatewaySession facts, ReadOnlyMemory<byte> payload) =>
            new(facts, facts.ToSubject(), facts.Recheck is null ? null : SHA256.HashData(payload.Span));
    }

    private static void Advance(ref long target, long value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
