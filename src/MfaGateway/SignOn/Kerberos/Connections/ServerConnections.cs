using System.Diagnostics.CodeAnalysis;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>The connections of one session to one server: so many at a time, the others wait.</summary>
internal sealed class ServerConnections(Uri server, ConnectionOpener opener, int limit, TimeProvider time) : IDisposable
{
    /// <summary>Follows DNS and renewed certificates, as the shared connections do; and a connection that stays signed on does not outlive an account for long.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "it holds nothing, and requests still leave it after the end")]
    private readonly SemaphoreSlim _slots = new(limit);
    private readonly Lock _lock = new();
    private readonly HashSet<SessionConnection> _open = [];
    private readonly List<SessionConnection> _idle = []; // the oldest first; taken from the end
    private bool _closed;

    /// <summary>When the server last refused a ticket.</summary>
    public Refusals Refusals { get; } = new(time);

    public string Authority => server.Authority;

    public int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>A connection for one request, and the right to have it.</summary>
    public async Task<Lease> RentAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return new Lease(this, Take() ?? await OpenAsync(cancellationToken));
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>A new connection, which nobody has used.</summary>
    /// <exception cref="OperationCanceledException">The session has ended.</exception>
    public async Task<SessionConnection> OpenAsync(CancellationToken cancellationToken)
    {
        lock (_lock) ThrowIfClosed();
        var connection = await opener.OpenAsync(server, cancellationToken);
        lock (_lock)
        {
            if (!_closed)
            {
                _open.Add(connection);
                return connection;
            }
        }

        connection.Dispose();
        throw Ended();
    }

    /// <summary>Takes back a connection whose last answer was read to its end.</summary>
    public void GiveBack(SessionConnection connection)
    {
        var now = time.GetUtcNow();
        (connection.Kept, connection.IdleSince) = (true, now);
        lock (_lock)
        {
            if (!_closed && now - connection.OpenedAt < Lifetime)
            {
                _idle.Add(connection);
                return;
            }
        }

        Close(connection);
    }

    public void Close(SessionConnection connection)
    {
        lock (_lock) _open.Remove(connection);
        connection.Dispose();
    }

    /// <summary>Frees the place of a request.</summary>
    public void Leave() => _slots.Release();

    /// <summary>Closes what nobody has used since then.</summary>
    public void CloseIdle(DateTimeOffset since)
    {
        List<SessionConnection> old;
        lock (_lock)
        {
            old = _idle.FindAll(connection => connection.IdleSince <= since);
            _idle.RemoveAll(old.Contains);
        }

        foreach (var connection in old) Close(connection);
    }

    /// <summary>Closes all of them, whatever runs on them.</summary>
    public void Dispose()
    {
        SessionConnection[] open;
        lock (_lock)
        {
            _closed = true;
            open = [.. _open];
            _open.Clear();
            _idle.Clear();
        }

        foreach (var connection in open) connection.Dispose();
    }

    private SessionConnection? Take()
    {
        lock (_lock)
        {
            ThrowIfClosed();
            if (_idle.Count == 0) return null;
            var connection = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return connection;
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed) throw Ended();
    }

    private static OperationCanceledException Ended() => new("The session has ended.");
}
