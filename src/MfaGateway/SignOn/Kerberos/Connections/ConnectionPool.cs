using MfaGateway.Configuration;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>The connections of one session, by server. Whoever has this object has the person's mailbox: it belongs to nobody else.</summary>
internal sealed class ConnectionPool(ConnectionOpener opener, GatewaySettings settings, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServerConnections> _servers = new(StringComparer.OrdinalIgnoreCase);
    private bool _closed;

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _servers.Values.Sum(server => server.Count);
        }
    }

    public ServerConnections To(Uri server)
    {
        lock (_lock)
        {
            if (_closed) throw new OperationCanceledException("The session has ended.");
            if (_servers.TryGetValue(server.Authority, out var known)) return known;
            return _servers[server.Authority] = new ServerConnections(server, opener, settings.Current.Exchange.SignOn.Kerberos.ConnectionsPerSession, time);
        }
    }

    public void CloseIdle(DateTimeOffset since)
    {
        ServerConnections[] servers;
        lock (_lock) servers = [.. _servers.Values];
        foreach (var server in servers) server.CloseIdle(since);
    }

    public void Dispose()
    {
        ServerConnections[] servers;
        lock (_lock)
        {
            _closed = true;
            servers = [.. _servers.Values];
        }

        foreach (var server in servers) server.Dispose();
    }
}
