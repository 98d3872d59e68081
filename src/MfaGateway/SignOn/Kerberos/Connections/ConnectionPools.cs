using System.Collections.Concurrent;
using MfaGateway.Configuration;
using MfaGateway.Sessions;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>
/// A pool for each session, closed when the session ends, whoever ends it. IIS remembers who signed on over a connection (<c>authPersistNonNTLM</c>), so a connection that
/// changed hands would show one person another's mailbox.
/// </summary>
internal sealed class ConnectionPools : IDisposable
{
    private readonly ConcurrentDictionary<LiveSession, ConnectionPool> _pools = new();
    private readonly ConnectionOpener _opener;
    private readonly GatewaySettings _settings;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;

    public ConnectionPools(ConnectionOpener opener, GatewaySettings settings, TimeProvider time)
    {
        (_opener, _settings, _time) = (opener, settings, time);
        var every = TimeSpan.FromSeconds(5);
        _sweep = time.CreateTimer(static pools => ((ConnectionPools)pools!).CloseIdle(), this, every, every);
    }

    /// <summary>How many connections are open, of all sessions.</summary>
    public int Count => _pools.Values.Sum(pool => pool.Count);

    public ConnectionPool Of(LiveSession session)
    {
        if (_pools.TryGetValue(session, out var known)) return known;
        var pool = _pools.GetOrAdd(session, static (_, pools) => new ConnectionPool(pools._opener, pools._settings, pools._time), this);
        session.Ended.UnsafeRegister(_ => Close(session), null);
        return pool;
    }

    public void Dispose()
    {
        _sweep.Dispose();
        foreach (var session in _pools.Keys) Close(session);
    }

    private void Close(LiveSession session)
    {
        if (_pools.TryRemove(session, out var pool)) pool.Dispose();
    }

    private void CloseIdle()
    {
        var since = _time.GetUtcNow() - _settings.Current.Exchange.SignOn.Kerberos.ConnectionIdle;
        foreach (var pool in _pools.Values) pool.CloseIdle(since);
    }
}
