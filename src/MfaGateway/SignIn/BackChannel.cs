using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MfaGateway.Configuration;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignIn;

/// <summary>
/// The connection to a provider, over which client secrets and codes travel: no redirects (a 307 would carry them away), no cookies, no compressed answers
/// (which could be small on the wire and huge here), bounded in size and time.
/// </summary>
internal sealed class BackChannel(GatewaySettings settings, GatewayTransports transports, TimeProvider time, ILogger<ProviderMetadata> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, (HttpClient Client, ProviderMetadata Metadata)> _providers = new(StringComparer.OrdinalIgnoreCase);

    public HttpClient ClientOf(Provider provider) => Of(provider).Client;

    public ProviderMetadata MetadataOf(Provider provider) => Of(provider).Metadata;

    /// <summary>Forgets what was built from earlier settings.</summary>
    public void Reset() => _providers.Clear();

    public void Dispose()
    {
        foreach (var (client, metadata) in _providers.Values)
        {
            client.Dispose();
            metadata.Dispose();
        }
    }

    private (HttpClient Client, ProviderMetadata Metadata) Of(Provider provider) => _providers.GetOrAdd(provider.Name, _ =>
    {
        var client = new HttpClient(new Plain(transports.BackChannel?.Invoke(provider.Name) ?? Sockets(provider)))
        {
            Timeout = settings.Current.Limits.ProviderTimeout,
            MaxResponseContentBufferSize = settings.Current.Limits.ProviderAnswerBytes,
        };
        return (client, new ProviderMetadata(provider, client, time, logger));
    });

    private SocketsHttpHandler Sockets(Provider provider) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null, // it would send on what the browser says in baggage
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = TrustedRoots.Apply(new SslClientAuthenticationOptions(), provider.Options.TrustedCertificates is { } file ? settings.Resolve(file) : null),
    };

    private sealed class Plain(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var problem = (int)response.StatusCode >= 500 ? $"The identity provider answered {(int)response.StatusCode}."
                : response.Content.Headers.ContentEncoding.Count > 0 ? "The identity provider compressed an answer that was not asked for compressed."
                : null;
            if (problem is null) return response;
            response.Dispose();
            throw new HttpRequestException(problem);
        }
    }
}

/// <summary>Which certificates a connection trusts.</summary>
internal static class TrustedRoots
{
    /// <summary>Trusts the certificates of a PEM file instead of the system's; null leaves the system's.</summary>
    public static SslClientAuthenticationOptions Apply(SslClientAuthenticationOptions options, string? pemFile)
    {
        if (pemFile is null) return options;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(pemFile);
        options.CertificateChainPolicy = policy;
        return options;
    }
}
