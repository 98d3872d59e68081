using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>A server whose probe is good and whose answers are no HTTP.</summary>
internal sealed class GarbageServer : IAsyncDisposable
{
    private static readonly string[] Garbage =
    [
        "HTTP/9.9 banana\r\n\r\n",
        "\0\u0001\u0002\u007f and so on",
        "HTTP/1.1 200 OK\r\nno colon in this line\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nX-Long: " + new string('x', 200_000) + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nnot five hundred",
    ];

    private readonly TcpListener _listener;
    private readonly X509Certificate2 _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _answers;

    public GarbageServer(Uri address, X509Certificate2 certificate)
    {
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Loopback, address.Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How many requests got garbage.</summary>
    public int Answers => _answers;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        await using (var tls = new SslStream(client.GetStream()))
        {
            try
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                var buffer = new byte[65_536];
                var read = await tls.ReadAsync(buffer, _stop.Token);
                var probe = Encoding.ASCII.GetString(buffer, 0, read).Contains("/healthcheck.htm", StringComparison.Ordinal);
                var answer = probe ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK" : Garbage[Interlocked.Increment(ref _answers) % Garbage.Length];
                await tls.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
                await tls.FlushAsync(_stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // the gateway has gone
            }
        }
    }
}
