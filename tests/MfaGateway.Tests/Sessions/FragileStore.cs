using MfaGateway.Sessions;

namespace MfaGateway.Tests.Sessions;

/// <summary>A store that can be made to fail, and counts.</summary>
internal sealed class FragileStore : ISessionStore
{
    private readonly MemorySessionStore _inner = new();
    private readonly HashSet<SessionKey> _keys = [];

    public bool Broken { get; set; }
    public bool Full { get; set; }
    public bool Cancelled { get; set; }
    public int Touches { get; private set; }
    public List<StoredSession> Added { get; } = [];
    public int Count => _keys.Count;
    public string Name => "Fragile";
    public bool IsShared { get; set; }
    public int Watchers { get; private set; }
    public Action<SessionKey> Ended { get; private set; } = _ => { };

    public Task OpenAsync(CancellationToken cancellationToken) => Or(() => _inner.OpenAsync(cancellationToken));

    public async Task AddAsync(StoredSession session, CancellationToken cancellationToken)
    {
        await Or(() => _inner.AddAsync(session, cancellationToken));
        Added.Add(session);
        _keys.Add(session.Key);
    }

    public Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken) => Or(() => _inner.FindAsync(key, cancellationToken));

    public Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken)
    {
        Touches++;
        if (Full) throw new IOException("The disk is full.");
        return Or(() => _inner.TouchAsync(key, lastActive, cancellationToken));
    }

    public Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Or(() => _inner.ReplaceAsync(key, expected, payload, cancellationToken));

    public async Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var removed = await Or(() => _inner.RemoveAsync(key, cancellationToken));
        _keys.Remove(key);
        return removed;
    }

    public async Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(string provider, string? providerSession, string? subject, CancellationToken cancellationToken)
    {
        var removed = await Or(() => _inner.RemoveByProviderAsync(provider, providerSession, subject, cancellationToken));
        _keys.ExceptWith(removed);
        return removed;
    }

    public Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken) => Or(() => _inner.PurgeAsync(idleSince, now, cancellationToken));

    public Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken) => Or(() => _inner.FindBySubjectAsync(provider, subject, cancellationToken));

    public Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken) => Or(() => _inner.FindGoneAsync(keys, cancellationToken));

    public IAsyncEnumerable<StoredSession> ListAsync(CancellationToken cancellationToken) => _inner.ListAsync(cancellationToken);

    public Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken) => Or(() => _inner.ClaimAsync(name, life, now, cancellationToken));

    public Task ReleaseAsync(string name, CancellationToken cancellationToken) => Or(() => _inner.ReleaseAsync(name, cancellationToken));

    public Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken)
    {
        (Ended, Watchers) = (ended, Watchers + 1);
        return Or(() => Task.CompletedTask);
    }

    private T Or<T>(Func<T> answer)
        where T : Task
    {
        if (Cancelled) throw new OperationCanceledException();
        return Broken ? throw new TimeoutException("The store does not answer.") : answer();
    }
}
