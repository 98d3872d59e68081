using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>
/// The sessions of this node: the store's truth with a cache in front. A cached session is asked for at the store again after
/// <see cref="VerifyEvery"/>, so that an end on another node arrives within that time even when its announcement does not; a store that does not
/// answer is an error, never "no session".
/// </summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "a live session is owned by the cache and lives until it ends")]
internal sealed class SessionRegistry(
    ISessionStore store, GatewaySettings settings, IDataProtectionProvider protection, TimeProvider time, ILogger<SessionRegistry> logger)
{
    internal static readonly TimeSpan VerifyEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SessionKey, LiveSession> _live = new();

    // Sessions known to have ended, until their time would have been up: a shared store that fails over to a copy of itself may have forgotten the end.
    private readonly ConcurrentDictionary<SessionKey, DateTimeOffset> _ended = new();
    private int _down;
    private readonly IDataProtector _protector = protection.CreateProtector("MfaGateway.Session.v1");

    private SessionOptions Options => settings.Current.Sessions;

    /// <summary>How many sessions this node has in its cache.</summary>
    public int Count => _live.Count;

    public async Task<(SessionHandle Handle, LiveSession Session)> CreateAsync(GatewaySession facts, CancellationToken cancellationToken)
    {
        var handle = SessionHandle.Create();
        var now = time.GetUtcNow();
        var live = new LiveSession(handle.Key(), facts, now, now + Options.AbsoluteTimeout, now);
        var stored = new StoredSession(live.Key, Protect(facts), facts.Provider, Hash(facts.ProviderSession), Hash(facts.Subject), now, live.Expires);
        _live[live.Key] = live; // before the store knows it: who ends it there must find it here
        try
        {
            await GuardAsync(() => store.AddAsync(stored, cancellationToken));
        }
        catch
        {
            Drop(live.Key);
            throw;
        }

        logger.SessionCreated(live.Key);
        return (handle, live);
    }

    /// <summary>The session of a handle; null when there is none or it is over.</summary>
    /// <exception cref="SessionStoreException">The store does not answer.</exception>
    public async ValueTask<LiveSession?> FindAsync(SessionHandle handle, CancellationToken cancellationToken)
    {
        var key = handle.Key();
        var now = time.GetUtcNow();
        if (!_live.TryGetValue(key, out var live) || live.NeedsVerifying(now, VerifyEvery))
        {
            live = await LoadAsync(key, now, cancellationToken);
        }

        if (live is null) return null;
        if (!live.IsOver(now, Options.IdleTimeout)) return live;

        logger.SessionOver(key);
        await EndAsync(key, cancellationToken);
        return null;
    }

    /// <summary>Notes that a person was active. Background polls never come here.</summary>
    public async ValueTask TouchAsync(LiveSession session, CancellationToken cancellationToken)
    {
        // a tenth of the limit, at most half a minute: so much a restart may shorten a session
        var writeEvery = TimeSpan.FromTicks(Math.Min(Options.IdleTimeout.Ticks / 10, TimeSpan.TicksPerSecond * 30));
        if (!session.Touch(time.GetUtcNow(), writeEvery)) return;
        if (!await GuardAsync(() => store.TouchAsync(session.Key, session.LastActive, cancellationToken))) Drop(session.Key);
    }

    /// <summary>Notes that the policy is content with what the sign-in brought.</summary>
    public async Task SatisfiedAsync(LiveSession session, CancellationToken cancellationToken)
    {
        session.Satisfied();
        await GuardAsync(() => store.ReplaceAsync(session.Key, Protect(session.Facts), cancellationToken));
    }

    /// <summary>Whether other nodes use the store too.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>Opens the store and begins to hear of sessions that end on other nodes. At start, and again until it succeeds.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await store.OpenAsync(cancellationToken);
        await store.WatchAsync(key => Drop(key), cancellationToken);
    });

    /// <summary>Whether the store answers.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await GuardAsync(() => store.FindAsync(new SessionKey("probe"), cancellationToken));
            return true;
        }
        catch (SessionStoreException)
        {
            return false;
        }
    }

    /// <summary>Ends the running requests of sessions that ended on another node while the announcement was lost.</summary>
    public async Task VerifyRunningAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var keys = _live.Where(s => s.Value.HasRequests && s.Value.NeedsVerifying(now, VerifyEvery)).Select(s => s.Key).ToList();
        if (keys.Count == 0) return;
        foreach (var key in await GuardAsync(() => store.FindGoneAsync(keys, cancellationToken))) Drop(key);
    }

    public async Task<bool> EndAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var existed = await GuardAsync(() => store.RemoveAsync(key, cancellationToken));
        Drop(key);
        return existed;
    }

    /// <summary>Gives a name to one caller among all nodes; false when another has it.</summary>
    public Task<bool> ClaimAsync(string name, TimeSpan life, CancellationToken cancellationToken) =>
        GuardAsync(() => store.ClaimAsync(name, life, time.GetUtcNow(), cancellationToken));

    /// <summary>Gives a claimed name back.</summary>
    public Task ReleaseAsync(string name, CancellationToken cancellationToken) => GuardAsync(() => store.ReleaseAsync(name, cancellationToken));

    /// <summary>Ends the sessions that an identity provider names.</summary>
    public async Task<int> EndByProviderAsync(string provider, string? providerSession, string? subject, CancellationToken cancellationToken)
    {
        var keys = await GuardAsync(() => store.RemoveByProviderAsync(provider, Hash(providerSession), Hash(subject), cancellationToken));
        foreach (var key in keys) Drop(key);
        return keys.Count;
    }

    /// <summary>All sessions, those active last first; without facts when these keys do not read them.</summary>
    /// <exception cref="SessionStoreException">The store does not answer.</exception>
    public async IAsyncEnumerable<(StoredSession Stored, GatewaySession? Facts)> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var all = store.ListAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await GuardAsync(async () => await all.MoveNextAsync())) yield return (all.Current, Unprotect(all.Current));
    }

    /// <summary>Ends the running requests of sessions that are over. It needs no store, so that a store that is down keeps nobody in.</summary>
    public void EndOverdue()
    {
        var now = time.GetUtcNow();
        foreach (var (key, live) in _live)
        {
            if (!live.IsOver(now, Options.IdleTimeout)) continue;
            logger.SessionOver(key);
            Drop(key);
        }
    }

    /// <summary>Removes what is over from the store and from this node.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var live in _live.Values.Where(s => s.IsOver(now, Options.IdleTimeout)))
        {
            await EndAsync(live.Key, cancellationToken);
        }

        foreach (var (key, until) in _ended)
        {
            if (until <= now) _ended.TryRemove(key, out _);
        }

        await GuardAsync(() => store.PurgeAsync(now - Options.IdleTimeout - TimeSpan.FromMinutes(1), now, cancellationToken));
    }

    private async Task<LiveSession?> LoadAsync(SessionKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = await GuardAsync(() => store.FindAsync(key, cancellationToken));
        if (stored is null)
        {
            if (_live.ContainsKey(key)) Drop(key); // of a made-up handle nothing is kept
            return null;
        }

        if (_ended.ContainsKey(key))
        {
            await GuardAsync(() => store.RemoveAsync(key, cancellationToken)); // it came back with a copy of the store
            return null;
        }

        if (_live.TryGetValue(key, out var known))
        {
            known.Verified(now, stored.LastActive);
            return known;
        }

        if (Unprotect(stored) is not { } facts) return null;
        var live = _live.GetOrAdd(key, new LiveSession(key, facts, stored.LastActive, stored.Expires, now));
        if (await GuardAsync(() => store.FindAsync(key, cancellationToken)) is not null) return live;
        Drop(key); // it ended between the reading and the keeping, and nobody would end this copy
        return null;
    }

    /// <summary>Ends what this node has of a session, and remembers that it is over.</summary>
    private void Drop(SessionKey key)
    {
        var live = _live.TryRemove(key, out var known) ? known : null;
        if (store.IsShared) _ended[key] = live?.Expires ?? time.GetUtcNow() + Options.AbsoluteTimeout;
        live?.End();
    }

    private byte[] Protect(GatewaySession facts) => _protector.Protect(facts.ToJson());

    private GatewaySession? Unprotect(StoredSession stored)
    {
        try
        {
            return GatewaySession.FromJson(_protector.Unprotect(stored.Payload.ToArray()));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            logger.SessionUnreadable(stored.Key, e); // its key ring is gone: the person signs in again
            return null;
        }
    }

    private static string? Hash(string? value) => value is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));

    private async Task GuardAsync(Func<Task> work) => await GuardAsync(async () =>
    {
        await work();
        return true;
    });

    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            var answer = await work();
            if (Volatile.Read(ref _down) == 1 && Interlocked.Exchange(ref _down, 0) == 1) logger.StoreBack();
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (Interlocked.Exchange(ref _down, 1) == 0) logger.StoreDown(e);
            throw new SessionStoreException(e);
        }
    }
}

/// <summary>The session store does not answer; the caller gets 503.</summary>
internal sealed class SessionStoreException(Exception cause) : Exception("The session store does not answer.", cause);
