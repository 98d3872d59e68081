using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
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
    private readonly StoreHealth _health = new(store, logger);
    private readonly SessionSeal _seal = new(protection, logger);

    private SessionOptions Options => settings.Current.Sessions;

    /// <summary>How many sessions this node has in its cache.</summary>
    public int Count => _live.Count;

    public async Task<(SessionHandle Handle, LiveSession Session)> CreateAsync(GatewaySession facts, CancellationToken cancellationToken)
    {
        var handle = SessionHandle.Create();
        var now = time.GetUtcNow();
        var payload = _seal.Protect(facts);
        var live = new LiveSession(handle.Key(), facts, payload, now, now + Options.AbsoluteTimeout, now);
        var stored = new StoredSession(live.Key, payload, facts.Provider, Hash(facts.ProviderSession), Hash(facts.Subject), now, live.Expires);
        _live[live.Key] = live; // before the store knows it: who ends it there must find it here
        try
        {
            await WriteAsync(() => store.AddAsync(stored, cancellationToken));
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
    public ValueTask<LiveSession?> FindAsync(SessionHandle handle, CancellationToken cancellationToken) => FindAsync(handle.Key(), cancellationToken);

    /// <summary>The session of a handle with this key; null when there is none or it is over.</summary>
    /// <exception cref="SessionStoreException">The store does not answer.</exception>
    public async ValueTask<LiveSession?> FindAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!_live.TryGetValue(key, out var live) || live.NeedsVerifying(now, VerifyEvery)) live = await LoadAsync(key, now, cancellationToken);
        if (live is null) return null;
        if (!live.IsOver(now, Options.IdleTimeout)) return live;

        logger.SessionOver(key);
        await EndAsync(key, cancellationToken);
        return null;
    }

    /// <summary>Whether a session is in this node's cache: no more than that a request with this handle is probably no stranger's.</summary>
    public bool IsKnown(SessionKey key) => _live.ContainsKey(key);

    /// <summary>Notes that a person was active. Background polls never come here.</summary>
    public ValueTask TouchAsync(LiveSession session, CancellationToken cancellationToken)
    {
        // a tenth of the limit, at most half a minute: so much a restart may shorten a session
        var writeEvery = TimeSpan.FromTicks(Math.Min(Options.IdleTimeout.Ticks / 10, TimeSpan.TicksPerSecond * 30));
        return session.Touch(time.GetUtcNow(), writeEvery) ? WriteActivityAsync(session, cancellationToken) : ValueTask.CompletedTask;
    }

    private async ValueTask WriteActivityAsync(LiveSession session, CancellationToken cancellationToken)
    {
        try
        {
            if (!await _health.WriteAsync(() => store.TouchAsync(session.Key, session.LastActive, cancellationToken))) Drop(session.Key);
        }
        catch (SessionStoreException) when (_health.IsReadOnly)
        {
            // the store still says who has been signed out, so who is signed in may go on; this gateway knows better than the store how long
        }
    }

    /// <summary>Notes that the policy is content with what the sign-in brought.</summary>
    public async Task SatisfiedAsync(LiveSession session, CancellationToken cancellationToken)
    {
        session.Satisfied();
        await ChangeAsync(session, facts => facts.Asked is null ? null : facts with { Asked = null }, cancellationToken);
    }

    /// <summary>Changes the facts of a session as the store has them, whoever else changes them at the same time.</summary>
    /// <param name="session">The session.</param>
    /// <param name="change">Makes new facts from those in the store, perhaps more than once; null leaves them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The new facts; null when they were left or the session has ended, which nothing undoes.</returns>
    public async Task<GatewaySession?> ChangeAsync(LiveSession session, Func<GatewaySession, GatewaySession?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await _health.ReadAsync(() => store.FindAsync(session.Key, cancellationToken));
            if (stored is null) Drop(session.Key);
            if (stored is null || _ended.ContainsKey(session.Key) || _seal.Unprotect(stored) is not { } facts) return null;
            if (change(facts) is not { } changed)
            {
                session.Take(facts, stored.Payload);
                return null;
            }

            var payload = _seal.Protect(changed);
            if (!await _health.WriteAsync(() => store.ReplaceAsync(session.Key, stored.Payload, payload, cancellationToken))) continue;
            session.Take(changed, payload);
            return changed;
        }
    }

    /// <summary>Takes over from the store what others changed, and an end.</summary>
    public Task RereadAsync(LiveSession session, CancellationToken cancellationToken) => LoadAsync(session.Key, time.GetUtcNow(), cancellationToken);

    /// <summary>The sessions of which a request is running here.</summary>
    public IEnumerable<LiveSession> Running => _live.Values.Where(session => session.HasRequests);

    /// <summary>Whether other nodes use the store too.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>Opens the store and begins to hear of sessions that end on other nodes. At start, and again until it succeeds.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => _health.ReadAsync(async () =>
    {
        await store.OpenAsync(cancellationToken);
        await store.WatchAsync(key => Drop(key), cancellationToken);
        return true;
    });

    /// <summary>Whether the store answers.</summary>
    public Task<bool> AnswersAsync(CancellationToken cancellationToken) => _health.AnswersAsync(cancellationToken);

    /// <summary>Whether a store that took no changes takes them again.</summary>
    public Task TryAgainAsync(CancellationToken cancellationToken) => _health.TryAgainAsync(time.GetUtcNow(), cancellationToken);

    /// <summary>Ends the running requests of sessions that ended on another node while the announcement was lost.</summary>
    public async Task VerifyRunningAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var keys = _live.Where(s => s.Value.HasRequests && s.Value.NeedsVerifying(now, VerifyEvery)).Select(s => s.Key).ToList();
        if (keys.Count == 0) return;
        foreach (var key in await _health.ReadAsync(() => store.FindGoneAsync(keys, cancellationToken))) Drop(key);
    }

    public async Task<bool> EndAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var existed = await _health.WriteAsync(() => store.RemoveAsync(key, cancellationToken));
        Drop(key);
        return existed;
    }

    /// <summary>Gives a name to one caller among all nodes; false when another has it.</summary>
    public Task<bool> ClaimAsync(string name, TimeSpan life, CancellationToken cancellationToken) =>
        _health.WriteAsync(() => store.ClaimAsync(name, life, time.GetUtcNow(), cancellationToken));

    /// <summary>Gives a claimed name back.</summary>
    public Task ReleaseAsync(string name, CancellationToken cancellationToken) => WriteAsync(() => store.ReleaseAsync(name, cancellationToken));

    /// <summary>Ends what a person has above the allowed number: the sessions of which nothing was heard longest, so that nobody is locked out by forgotten
    /// ones. Gateways that do so at the same moment choose the same.</summary>
    /// <param name="newest">The session that stays.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The sessions that ended.</returns>
    public async Task<IReadOnlyList<SessionKey>> EndSurplusAsync(LiveSession newest, CancellationToken cancellationToken)
    {
        var all = await _health.ReadAsync(() => store.FindBySubjectAsync(newest.Facts.Provider, Hash(newest.Facts.Subject)!, cancellationToken));
        var surplus = all.Where(session => session.Key != newest.Key)
            .OrderBy(session => session.LastActive).ThenBy(session => session.Key.Value, StringComparer.Ordinal)
            .Take(all.Count - settings.Current.Limits.SessionsPerUser)
            .Select(session => session.Key).ToList();
        foreach (var key in surplus) await EndAsync(key, cancellationToken);
        return surplus;
    }

    /// <summary>Ends the sessions that an identity provider names.</summary>
    public async Task<int> EndByProviderAsync(string provider, string? providerSession, string? subject, CancellationToken cancellationToken)
    {
        var keys = await _health.WriteAsync(() => store.RemoveByProviderAsync(provider, Hash(providerSession), Hash(subject), cancellationToken));
        foreach (var key in keys) Drop(key);
        return keys.Count;
    }

    /// <summary>All sessions, those active last first; without facts when these keys do not read them.</summary>
    /// <exception cref="SessionStoreException">The store does not answer.</exception>
    public async IAsyncEnumerable<(StoredSession Stored, GatewaySession? Facts)> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var all = store.ListAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await _health.ReadAsync(async () => await all.MoveNextAsync())) yield return (all.Current, _seal.Unprotect(all.Current));
    }

    /// <summary>Ends the running requests of sessions that are over. A store that is down keeps nobody in.</summary>
    public async Task EndOverdueAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, live) in _live)
        {
            if (!await IsOverEverywhereAsync(live, cancellationToken)) continue;
            logger.SessionOver(key);
            Drop(key);
        }
    }

    /// <summary>Removes what is over from the store and from this node.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var live in _live.Values)
        {
            if (await IsOverEverywhereAsync(live, cancellationToken)) await EndAsync(live.Key, cancellationToken);
        }

        foreach (var (key, until) in _ended)
        {
            if (until <= now) _ended.TryRemove(key, out _);
        }

        await _health.WriteAsync(() => store.PurgeAsync(now - Options.IdleTimeout - TimeSpan.FromMinutes(1), now, cancellationToken));
    }

    /// <summary>Over by what is known here, and by what the store has heard from other nodes: there the person may have been active all the time, while here a
    /// notification request was hanging.</summary>
    private async Task<bool> IsOverEverywhereAsync(LiveSession live, CancellationToken cancellationToken)
    {
        if (!live.IsOver(time.GetUtcNow(), Options.IdleTimeout)) return false;
        try
        {
            var stored = await _health.ReadAsync(() => store.FindAsync(live.Key, cancellationToken));
            if (stored is null) return true;
            live.Verified(time.GetUtcNow(), stored.LastActive);
            return live.IsOver(time.GetUtcNow(), Options.IdleTimeout);
        }
        catch (SessionStoreException)
        {
            return true;
        }
    }

    private async Task<LiveSession?> LoadAsync(SessionKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = await _health.ReadAsync(() => store.FindAsync(key, cancellationToken));
        if (stored is null)
        {
            if (_live.ContainsKey(key)) Drop(key); // of a made-up handle nothing is kept
            return null;
        }

        if (_ended.ContainsKey(key))
        {
            await _health.WriteAsync(() => store.RemoveAsync(key, cancellationToken)); // it came back with a copy of the store
            return null;
        }

        if (_live.TryGetValue(key, out var known))
        {
            known.Verified(now, stored.LastActive);
            if (!known.IsMadeOf(stored.Payload) && _seal.Unprotect(stored) is { } changed) known.Take(changed, stored.Payload);
            return known;
        }

        if (_seal.Unprotect(stored) is not { } facts) return null;
        var live = _live.GetOrAdd(key, new LiveSession(key, facts, stored.Payload, stored.LastActive, stored.Expires, now));
        if (await _health.ReadAsync(() => store.FindAsync(key, cancellationToken)) is not null) return live;
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

    /// <summary>How a store names a provider's session and its user.</summary>
    internal static string? Hash(string? value) => value is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));

    private Task<bool> WriteAsync(Func<Task> write) => _health.WriteAsync(async () =>
    {
        await write();
        return true;
    });
}
