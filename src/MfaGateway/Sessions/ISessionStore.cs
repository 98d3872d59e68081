namespace MfaGateway.Sessions;

/// <summary>Keeps sessions. It sees keys and protected bytes, never a handle or a name of a claim. A store that cannot answer throws: "not found" means
/// that the session is gone.</summary>
public interface ISessionStore
{
    /// <summary>The name by which <c>Gateway:Sessions:Store</c> chooses it.</summary>
    string Name { get; }

    /// <summary>Whether other gateways use it at the same time, so that a session may end without this one's doing.</summary>
    bool IsShared { get; }

    /// <summary>Makes the store ready: opens files, creates tables.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Adds a session.</summary>
    /// <param name="session">The session; its key is new.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AddAsync(StoredSession session, CancellationToken cancellationToken);

    /// <summary>Reads a session; null when there is none.</summary>
    /// <param name="key">The session's key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Records that a person was active. A session that is gone stays gone.</summary>
    /// <param name="key">The session's key.</param>
    /// <param name="lastActive">When.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the session is gone.</returns>
    Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken);

    /// <summary>Replaces a session's payload, unless somebody else replaced it meanwhile. A session that is gone stays gone.</summary>
    /// <param name="key">The session's key.</param>
    /// <param name="expected">The protected bytes that were read.</param>
    /// <param name="payload">The protected bytes to keep instead.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the session is gone or has other bytes than those expected.</returns>
    Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Removes a session.</summary>
    /// <param name="key">The session's key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there was none.</returns>
    Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Removes the sessions that a provider names by its own session id, its subject, or both.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="providerSession">The provider's <c>sid</c>, or null.</param>
    /// <param name="subject">The provider's <c>sub</c>, or null. At least one of the two is given; both must match when both are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The keys removed.</returns>
    Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(string provider, string? providerSession, string? subject, CancellationToken cancellationToken);

    /// <summary>The sessions of one person at one provider, in any order.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="subject">Hash of the provider's <c>sub</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken);

    /// <summary>Removes what is over: not active since <paramref name="idleSince"/>, or expired before <paramref name="now"/>.</summary>
    /// <param name="idleSince">Sessions last active before this are over.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many.</returns>
    Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Which of some sessions are gone.</summary>
    /// <param name="keys">Keys of sessions that were there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken);

    /// <summary>All sessions, those that were active last first. Sessions that begin or end meanwhile may be missing.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    IAsyncEnumerable<StoredSession> ListAsync(CancellationToken cancellationToken);

    /// <summary>Gives a name to one caller among all gateways.</summary>
    /// <param name="name">What is claimed.</param>
    /// <param name="life">After this long it is free again, whatever became of its holder.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when somebody else has it.</returns>
    Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives a claimed name back.</summary>
    /// <param name="name">What was claimed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task ReleaseAsync(string name, CancellationToken cancellationToken);

    /// <summary>Tells of every session that ends, as soon as it does, from now on. A store that is not shared never tells; a shared one may miss some when
    /// its connection breaks, which <see cref="FindGoneAsync"/> makes good.</summary>
    /// <param name="ended">Called with the key, on any thread.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken);
}

/// <summary>A session as a store sees it.</summary>
/// <param name="Key">Hash of the handle.</param>
/// <param name="Payload">The session, protected.</param>
/// <param name="Provider">Name of the provider that signed the user in.</param>
/// <param name="ProviderSession">Hash of the provider's <c>sid</c>, for logout; null when it gave none.</param>
/// <param name="Subject">Hash of the provider's <c>sub</c>, for logout.</param>
/// <param name="LastActive">When a person was last active.</param>
/// <param name="Expires">When it ends, whatever happens.</param>
public sealed record StoredSession(
    SessionKey Key, ReadOnlyMemory<byte> Payload, string Provider, string? ProviderSession, string? Subject, DateTimeOffset LastActive, DateTimeOffset Expires);
