using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MfaGateway.Load.Rig;

namespace MfaGateway.Load.Scale;

/// <summary>A client that keeps one connection to a proxy and takes the time of what it asks for.</summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    private readonly Contestant _contestant;
    private readonly X509Certificate2 _root;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _client;

    public Watch(Site site, Contestant contestant)
    {
        _contestant = contestant;
        _root = X509CertificateLoader.LoadCertificateFromFile(site.Root);
        _handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectCallback = (_, stop) => Rig.SignIn.ConnectAsync(contestant.Port, stop) };
        _handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _root }, RevocationMode = X509RevocationMode.NoCheck,
        };
        _client = new HttpClient(_handler) { BaseAddress = site.Ports.Gateway };
    }

    /// <summary>Waits until a gateway says that it is ready, or another proxy answers; how long after it was begun.</summary>
    public Task<TimeSpan> ReadyAsync(Stopwatch begun, CancellationToken cancellationToken) =>
        UntilAsync(_contestant.IsGateway ? "/.gateway/health/ready" : "/owa/", null, begun, cancellationToken);

    /// <summary>Waits until a signed-in person gets his mail: the servers are known to be there, and the session is.</summary>
    public Task<TimeSpan> ServesAsync(string cookie, CancellationToken cancellationToken) => UntilAsync("/owa/", cookie, Stopwatch.StartNew(), cancellationToken);

    /// <summary>One small request; how long it took, null when the answer is wrong.</summary>
    public async Task<TimeSpan?> AskAsync(string cookie, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await SendAsync("/owa/", cookie, cancellationToken);
        var took = Stopwatch.GetElapsedTime(began);
        return answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentLength == Backend.Small ? took : null;
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
        _root.Dispose();
    }

    private async Task<TimeSpan> UntilAsync(string path, string? cookie, Stopwatch begun, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < _patience; await Task.Delay(_pause, cancellationToken))
        {
            if (_contestant.HasEnded) break;
            try
            {
                using var answer = await SendAsync(path, cookie, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK) return begun.Elapsed;
            }
            catch (HttpRequestException)
            {
                // nobody listens yet
            }
        }

        throw new InvalidOperationException($"{_contestant.Name} does not answer {path}. It says: {_contestant.LastWords}");
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? cookie, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return await _client.SendAsync(request, cancellationToken);
    }
}
