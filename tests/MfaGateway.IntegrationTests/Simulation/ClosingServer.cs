using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>An https server that keeps connections after a GET and, having read a POST, closes in good order without an answer, as a server does that goes down.</summary>
internal sealed class ClosingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _posts;

    public ClosingServer()
    {
        _listener.Start();
        Origin = $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    public string Origin { get; }

    /// <summary>How many requests to change something arrived whole.</summary>
    public int Posts => _posts;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        await using (var stream = new SslStream(client.GetStream()))
        {
            try
            {
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificate.Certificate }, _stop.Token);
                using var reader = new StreamReader(stream, leaveOpen: true);
                while (await ReadHeadAsync(reader) is { } verb)
                {
                    if (verb == "POST")
                    {
                        Interlocked.Increment(ref _posts);
                        await stream.ShutdownAsync();
                        return;
                    }

                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException)
            {
                // the gateway has gone
            }
        }
    }

    private async Task<string?> ReadHeadAsync(StreamReader reader)
    {
        var verb = (await reader.ReadLineAsync(_stop.Token))?.Split(' ')[0];
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
        {
        }

        return verb;
    }
}
