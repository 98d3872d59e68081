using System.Net;
using System.Net.Sockets;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>A domain controller far away: passes connections on after a while.</summary>
internal sealed class SlowRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public SlowRelay(string target, TimeSpan delay)
    {
        _listener.Start(256);
        _accepting = AcceptAsync(new IPEndPoint(IPAddress.Parse(target), 88), delay);
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint target, TimeSpan delay)
    {
        while (true) _ = PassOnAsync(await _listener.AcceptTcpClientAsync(_stop.Token), target, delay);
    }

    private async Task PassOnAsync(TcpClient client, IPEndPoint target, TimeSpan delay)
    {
        using var from = client;
        using var to = new TcpClient();
        try
        {
            await Task.Delay(delay, _stop.Token);
            await to.ConnectAsync(target, _stop.Token);
            await Task.WhenAny(
                from.GetStream().CopyToAsync(to.GetStream(), _stop.Token),
                to.GetStream().CopyToAsync(from.GetStream(), _stop.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // the library hung up
        }
    }
}
