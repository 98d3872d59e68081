using MfaGateway.Configuration;
using MfaGateway.SignIn;
using Yarp.ReverseProxy.Forwarder;

namespace MfaGateway.Exchange;

/// <summary>Connections to Exchange: its certificate is always checked, against the public host name that every server carries.</summary>
internal sealed class ExchangeConnections(GatewaySettings settings, GatewayTransports transports) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ActivityHeadersPropagator = null; // it would send on what the browser says in traceparent, tracestate and baggage, past the allow-list
        handler.ConnectTimeout = settings.Current.Exchange.ConnectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10); // follows DNS and renewed certificates
        TrustedRoots.Apply(handler.SslOptions, settings.Current.Exchange.TrustedCertificates is { } file ? settings.Resolve(file) : null);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new NeverTwice(transports.Exchange?.Invoke() ?? base.WrapHandler(context, handler));

    /// <summary>
    /// The sockets handler sends a request again, up to three times, when a kept connection closes before the answer and no body was begun. OWA puts small
    /// bodies into a header (<c>X-OWA-UrlPostData</c>), so a post without a body may have sent a mail already. With an empty one it counts as begun.
    /// </summary>
    private sealed class NeverTwice(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head) request.Content ??= new ByteArrayContent([]);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
