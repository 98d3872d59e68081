using System.Collections.Concurrent;

namespace MfaGateway.Sessions;

/// <summary>Sessions in this process's memory: a restart signs everybody out. For trials and tests.</summary>
internal sealed class MemorySessionStore : ISessionStore
{
    private readonly ConcurrentDictionary<SessionKey, StoredSession> _sessions = new();

    private readonly ConcurrentDictionary<string, DateTimeOffset> _claims = new(StringComparer.Ordinal);

    public string Name => "Memory";

    public bool IsShared => false;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AddAsync(StoredSession session, CancellationToken cancellationToken)
    {
        _sessions[session.Key] = session;
        return Task.CompletedTask;
    }

    public Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken) =>
        Task.FromResult(_sessions.GetValueOrDefault(key));

    public Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken) =>
        Task.FromResult(Change(key, session => session with { LastActive = lastActive }));

    public Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Task.FromResult(Change(key, session => session.Payload.Span.SequenceEqual(expected.Span) ? session with { Payload = payload } : null));

    public Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken) => Task.FromResult(_sessions.TryRemove(key, out _));

    public Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(
        string provider, string? providerSession, string? subject, CancellationToken cancellationToken)
    {
        var keys = _sessions.Values
            .Where(s => string.Equals(s.Provider, provider, StringComparison.OrdinalIgnoreCase)
                && (providerSession is null || s.ProviderSession == providerSession)
                && (subject is null || s.Subject == subject))
            .Select(s => s.Key).ToList();
        keys.RemoveAll(key => !_sessions.TryRemove(key, out _));
        return Task.FromResult<IReadOnlyList<SessionKey>>(keys);
    }

    public Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredSession>>([.. _sessions.Values.Where(s => s.Subject == subject && string.Equals(s.Provider, provider, StringComparison.OrdinalIgnoreCase))]);

    public Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(_sessions.Values.Count(s => (s.LastActive < idleSince || s.Expires <= now) && _sessions.TryRemove(s.Key, out _)));

    public Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SessionKey>>([.. keys.Where(key => !_sessions.ContainsKey(key))]);

    public IAsyncEnumerable<StoredSession> ListAsync(CancellationToken cancellationToken) =>
        _sessions.Values.OrderByDescending(session => session.LastActive).ToAsyncEnumerable();

    public Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var old in _claims.Where(claim => claim.Value <= now)) _claims.TryRemove(old);
        return Task.FromResult(_claims.TryAdd(name, now + life));
    }

    public Task ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        _claims.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    public Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken) => Task.CompletedTask;

    private bool Change(SessionKey key, Func<StoredSession, StoredSession?> change)
    {
        while (_sessions.TryGetValue(key, out var old) && change(old) is { } changed)
        {
            if (_sessions.TryUpdate(key, changed, old)) return true;
        }

        return false;
    }
}
