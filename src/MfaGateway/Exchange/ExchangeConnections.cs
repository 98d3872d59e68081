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
        handler.ConnectTimeout = settings.Current.Exchange.ConnectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10); // follows DNS and renewed certificates
        TrustedRoots.Apply(handler.SslOptions, settings.Current.Exchange.TrustedCertificates is { } file ? settings.Resolve(file) : null);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        transports.Exchange?.Invoke() ?? base.WrapHandler(context, handler);
}
