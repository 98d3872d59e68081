using MfaGateway.Configuration;
using MfaGateway.SignIn;
using MfaGateway.SignOn;
using Yarp.ReverseProxy.Forwarder;

namespace MfaGateway.Exchange;

/// <summary>
/// Connections to Exchange: its certificate is always checked, against the public host name that every server carries. These here are shared; a request of a session
/// whose sign-on method keeps connections of its own says so and goes there. Probes and anonymous publications always stay here.
/// </summary>
internal sealed class ExchangeConnections(GatewaySettings settings, GatewayTransports transports) : ForwarderHttpClientFactory
{
    /// <summary>On a request: the connections of its session.</summary>
    public static readonly HttpRequestOptionsKey<ISessionConnections> OfSession = new("MfaGateway.ConnectionsOfSession");

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ActivityHeadersPropagator = null; // it would send on what the browser says in traceparent, tracestate and baggage, past the allow-list
        handler.ConnectTimeout = settings.Current.Exchange.ConnectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10); // follows DNS and renewed certificates
        TrustedRoots.Apply(handler.SslOptions, settings.Current.Exchange.TrustedCertificates is { } file ? settings.Resolve(file) : null);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new Chosen(transports.Exchange?.Invoke() ?? base.WrapHandler(context, handler), () => !PassThroughSignOn.Serves(settings.Current.Exchange.SignOn));

    /// <summary>
    /// The sockets handler sends a request again, up to three times, when a kept connection closes before the answer and no body was begun. OWA puts small
    /// bodies into a header (<c>X-OWA-UrlPostData</c>), so a post without a body may have sent a mail already. With an empty one it counts as begun.
    /// </summary>
    private sealed class Chosen(HttpMessageHandler shared, Func<bool> keepsOwn) : DelegatingHandler(shared)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head) request.Content ??= new ByteArrayContent([]);
            return keepsOwn() && request.Options.TryGetValue(OfSession, out var own) ? own.SendAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);
        }
    }
}
