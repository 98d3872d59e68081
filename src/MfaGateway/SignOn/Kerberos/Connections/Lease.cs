namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>One request's hold on a connection. Whoever lets go of it without giving it back closes the connection: half an answer may still be on it.</summary>
internal sealed class Lease(ServerConnections owner, SessionConnection connection) : IDisposable
{
    private int _over;

    public SessionConnection Connection { get; private set; } = connection;

    public ServerConnections Server => owner;

    /// <summary>Puts a new connection in the place of this one.</summary>
    public async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        owner.Close(Connection);
        Connection = await owner.OpenAsync(cancellationToken);
    }

    /// <summary>The answer was read to its end: the session may use the connection again.</summary>
    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0) return;
        owner.GiveBack(Connection);
        owner.Leave();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0) return;
        owner.Close(Connection);
        owner.Leave();
    }
}
