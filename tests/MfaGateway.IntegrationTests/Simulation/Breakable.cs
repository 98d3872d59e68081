using MfaGateway.Audit;
using MfaGateway.Sessions;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A session store that can be made to throw.</summary>
internal sealed class BreakableStore : ISessionStore
{
    private readonly MemorySessionStore _inner = new();

    public bool Broken { get; set; }

    public string Name => "Breakable";

    public bool IsShared => false;

    private MemorySessionStore Inner => Broken ? throw new IOException("The simulated store is broken.") : _inner;

    public Task OpenAsync(CancellationToken cancellationToken) => _inner.OpenAsync(cancellationToken);
    public Task AddAsync(StoredSession session, CancellationToken cancellationToken) => Try(() => Inner.AddAsync(session, cancellationToken));
    public Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken) => Try(() => Inner.FindAsync(key, cancellationToken));
    public Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken) => Try(() => Inner.TouchAsync(key, lastActive, cancellationToken));
    public Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Try(() => Inner.ReplaceAsync(key, expected, payload, cancellationToken));
    public Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken) => Try(() => Inner.RemoveAsync(key, cancellationToken));
    public Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(string provider, string? providerSession, string? subject, CancellationToken cancellationToken) =>
        Try(() => Inner.RemoveByProviderAsync(provider, providerSession, subject, cancellationToken));
    public Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken) => Try(() => Inner.PurgeAsync(idleSince, now, cancellationToken));
    public Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken) => Try(() => Inner.FindBySubjectAsync(provider, subject, cancellationToken));

    public Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken) => Try(() => Inner.FindGoneAsync(keys, cancellationToken));
    public IAsyncEnumerable<StoredSession> ListAsync(CancellationToken cancellationToken) => Inner.ListAsync(cancellationToken);
    public Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken) => Try(() => Inner.ClaimAsync(name, life, now, cancellationToken));
    public Task ReleaseAsync(string name, CancellationToken cancellationToken) => Try(() => Inner.ReleaseAsync(name, cancellationToken));
    public Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task Try(Func<Task> work) => await work();

    private static async Task<T> Try<T>(Func<Task<T>> work) => await work();
}

/// <summary>An audit sink that can be made to throw.</summary>
internal sealed class BreakableAudit : IAuditSinkFactory, IAuditSink
{
    public bool Broken { get; set; }

    public string Kind => "Breakable";

    public IAuditSink Create(AuditSinkOptions options) => this;

    public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken) =>
        Broken ? Task.FromException(new IOException("The simulated audit sink is broken.")) : Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
