using MfaGateway.Sessions;

namespace MfaGateway.Load.Scale;

/// <summary>A gateway's store, used by the rig beside the gateway; filled while that is away.</summary>
internal interface IFilledStore : IAsyncDisposable
{
    Task<StoredSession> FindAsync(SessionKey key, CancellationToken cancellationToken);

    /// <summary>Adds many at once.</summary>
    Task AddAsync(IEnumerable<StoredSession> sessions, CancellationToken cancellationToken);

    /// <summary>How long the look for sessions that are over takes, of which there are none: a gateway does it every minute.</summary>
    Task<TimeSpan> SweepAsync(CancellationToken cancellationToken);

    /// <summary>What it occupies, in bytes.</summary>
    Task<long> SizeAsync();
}
