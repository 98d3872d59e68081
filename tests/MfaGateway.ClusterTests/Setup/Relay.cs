using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>The network between gateways and their Redis: it can fall silent without closing anything, and break.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _ends = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _to;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();

    private Relay(int to)
    {
        _to = to;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public static Relay To(RedisServer server) => new(server.Port);

    /// <summary>Not a byte passes any more, and nobody is told.</summary>
    public void FallSilent() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every connection breaks.</summary>
    public void Break()
    {
        foreach (var end in _ends.Keys) end.Close();
    }

    public void Mend()
    {
        var silent = _open;
        _open = Opened();
        silent.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Break();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient();
        try
        {
            _ends[near] = _ends[far] = true;
            await _open.Task.WaitAsync(_stop.Token);
            await far.ConnectAsync(IPAddress.Loopback, _to, _stop.Token);
            await Task.WhenAny(PassAsync(near, far), PassAsync(far, near));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // either side went
        }
        finally
        {
            near.Close();
            _ends.TryRemove(near, out _);
            _ends.TryRemove(far, out _);
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        try
        {
            var buffer = new byte[65_536];
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                await _open.Task.WaitAsync(_stop.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or SocketException or OperationCanceledException)
        {
            // either side went
        }
    }
}
