using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;

namespace MfaGateway.Load.Rig;

/// <summary>Requests for notifications that wait at a contestant while something else is measured: over HTTP/1.1 each on a connection of its own, over HTTP/2 as many
/// on one as the contestant takes.</summary>
internal sealed class Hanging : IAsyncDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _listeners = [];
    private int _broken;
    private int _connections;

    private Hanging(int port)
    {
        _handler = new SocketsHttpHandler { UseCookies = false, EnableMultipleHttp2Connections = true, ConnectCallback = (_, stop) => ConnectAsync(port, stop) };
        _handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors; // whose it is was seen at the sign-in
        _client = new HttpClient(_handler);
    }

    /// <summary>How many ended by themselves.</summary>
    public int Broken => Volatile.Read(ref _broken);

    /// <summary>How many connections were made for them.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <exception cref="HttpRequestException">The contestant does not answer 200.</exception>
    public static async Task<Hanging> OpenAsync(int count, Contestant contestant, string authority, CancellationToken cancellationToken, bool http2 = false)
    {
        var hanging = new Hanging(contestant.Port);
        await Parallel.ForAsync(0, count, cancellationToken, async (n, stop) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{authority}/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&n={n}");
            (request.Version, request.VersionPolicy) = (http2 ? HttpVersion.Version20 : HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
            if (contestant.Cookie is { } cookie) request.Headers.Add("Cookie", cookie);
            var answer = await hanging._client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (answer.StatusCode != HttpStatusCode.OK) throw new HttpRequestException($"{contestant.Name} answers {answer.StatusCode} to a request for notifications.");
            hanging._listeners.Add(hanging.ListenAsync(answer));
        });
        return hanging;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_listeners);
        _client.Dispose();
        _handler.Dispose();
        _end.Dispose();
    }

    private ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        return SignIn.ConnectAsync(port, cancellationToken);
    }

    private async Task ListenAsync(HttpResponseMessage answer)
    {
        var some = new byte[512];
        try
        {
            using (answer)
            await using (var stream = await answer.Content.ReadAsStreamAsync(_end.Token))
            {
                while (await stream.ReadAsync(some, _end.Token) > 0)
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (IOException)
        {
            // counted below
        }

        Interlocked.Increment(ref _broken);
    }
}
