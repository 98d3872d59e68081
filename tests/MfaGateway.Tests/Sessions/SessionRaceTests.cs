using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Sessions;

/// <summary>Two things at the same moment: whatever the order, an ended session runs nothing.</summary>
public sealed class SessionRaceTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly InterruptedStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_ends_while_it_is_loaded_is_not_found()
    {
        var (handle, _) = await Node().CreateAsync(Alice, Cancel);
        var restarted = Node();
        _store.AfterFind = () => restarted.EndAsync(handle.Key(), Cancel);

        var found = await restarted.FindAsync(handle, Cancel);

        Assert.Null(found);
        Assert.Equal(0, restarted.Count);
    }

    [Fact]
    public async Task A_session_that_the_provider_ends_while_it_begins_is_over()
    {
        var node = Node();
        _store.AfterAdd = () => node.EndByProviderAsync("adfs", null, "sub-1", Cancel);

        var (handle, session) = await node.CreateAsync(Alice, Cancel);

        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Equal(0, node.Count);
        Assert.Null(await node.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task A_session_that_could_not_be_stored_is_not_kept()
    {
        var node = Node();
        _store.AfterAdd = () => throw new IOException("The disk is full.");

        await Assert.ThrowsAsync<SessionStoreException>(() => node.CreateAsync(Alice, Cancel));

        Assert.Equal(0, node.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Running_requests_end_within_seconds_of_their_session_also_while_the_store_is_down(bool storeDown)
    {
        var node = Node(idle: TimeSpan.FromSeconds(5));
        using var sweeper = new SessionSweeper(node, _time);
        await sweeper.StartAsync(Cancel);
        var (_, session) = await node.CreateAsync(Alice, Cancel);
        var ended = new TaskCompletionSource();
        session.Ended.Register(ended.SetResult);
        if (storeDown) _store.Failure = new IOException("The store is down.");

        for (var second = 0; second < 40 && !ended.Task.IsCompleted; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(ended.Task, Task.Delay(50, Cancel)); // the sweeper works on a thread of its own
        }

        Assert.True(ended.Task.IsCompleted);
        await sweeper.StopAsync(Cancel);
    }

    private static GatewaySession Alice => new() { User = "alice@contoso.com", Subject = "sub-1", Provider = "adfs", CreatedAt = DateTimeOffset.UnixEpoch };

    private SessionRegistry Node(TimeSpan? idle = null) => new(
        _store, Settings.Of(Settings.Options(o => o.Sessions.IdleTimeout = idle ?? o.Sessions.IdleTimeout)), _keys, _time, NullLogger<SessionRegistry>.Instance);

    /// <summary>A store in which something happens right after a read or an insertion, before its caller hears of it.</summary>
    private sealed class InterruptedStore : ISessionStore
    {
        private readonly MemorySessionStore _inner = new();

        public Func<Task>? AfterFind { get; set; }
        public Func<Task>? AfterAdd { get; set; }
        public Exception? Failure { get; set; }
        public string Name => "Interrupted";
        public bool IsShared => false;

        private MemorySessionStore Inner => Failure is { } failure ? throw failure : _inner;

        public Task OpenAsync(CancellationToken cancellationToken) => Inner.OpenAsync(cancellationToken);

        public async Task AddAsync(StoredSession session, CancellationToken cancellationToken)
        {
            await Inner.AddAsync(session, cancellationToken);
            if (AfterAdd is { } then) await then();
        }

        public async Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken)
        {
            var found = await Inner.FindAsync(key, cancellationToken);
            var then = AfterFind;
            AfterFind = null;
            if (then is not null) await then();
            return found;
        }

        public Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken) => Inner.TouchAsync(key, lastActive, cancellationToken);
        public Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
            Inner.ReplaceAsync(key, expected, payload, cancellationToken);
        public Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken) => Inner.RemoveAsync(key, cancellationToken);
        public Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(string provider, string? providerSession, string? subject, CancellationToken cancellationToken) =>
            Inner.RemoveByProviderAsync(provider, providerSession, subject, cancellationToken);
        public Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken) => Inner.PurgeAsync(idleSince, now, cancellationToken);
        public Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken) => Inner.FindBySubjectAsync(provider, subject, cancellationToken);

        public Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken) => Inner.FindGoneAsync(keys, cancellationToken);
        public IAsyncEnumerable<StoredSession> ListAsync(CancellationToken cancellationToken) => Inner.ListAsync(cancellationToken);
        public Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken) => Inner.ClaimAsync(name, life, now, cancellationToken);
        public Task ReleaseAsync(string name, CancellationToken cancellationToken) => Inner.ReleaseAsync(name, cancellationToken);
        public Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken) => Inner.WatchAsync(ended, cancellationToken);
    }
}
