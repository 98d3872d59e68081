using System.Collections.Concurrent;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A request that left the gateway or a browser for another host.</summary>
/// <param name="Host">Where to.</param>
/// <param name="Url">The whole address.</param>
/// <param name="Body">What was sent.</param>
/// <param name="ByGateway">The gateway sent it, not a browser.</param>
internal sealed record Traffic(string Host, string Url, string Body, bool ByGateway);

/// <summary>Every host but the gateway's and Exchange's, and a record of who sent what where.</summary>
internal sealed class Internet
{
    private readonly ConcurrentDictionary<string, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public ConcurrentQueue<Traffic> Seen { get; } = new();

    public void Add(MisbehavingProvider provider) => _hosts[new Uri(provider.Issuer).Authority] = provider.AnswerAsync;

    public HttpMessageHandler For(bool gateway) => new Handler(this, gateway);

    private sealed class Handler(Internet internet, bool gateway) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!;
            var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
            internet.Seen.Enqueue(new Traffic(url.Authority, url.ToString(), body, gateway));
            var response = internet._hosts.TryGetValue(url.Authority, out var host)
                ? await host(request, cancellationToken)
                : throw new HttpRequestException(HttpRequestError.NameResolutionError, $"Nobody is at {url.Authority}.");
            response.RequestMessage = request;
            return response;
        }
    }
}
