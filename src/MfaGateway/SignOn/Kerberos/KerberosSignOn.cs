using MfaGateway.Configuration;
using MfaGateway.Sessions;
using MfaGateway.SignOn.Kerberos.Connections;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>The gateway obtains a ticket on the user's behalf and signs the user on with it, over connections that are the session's own.</summary>
internal sealed class KerberosSignOn(ConnectionPools pools, Lazy<TicketSender> sender, GatewaySettings settings, ILogger<KerberosSignOn> logger) : IBackendSignOn
{
    public string Name => KerberosRules.MethodName;

    public ISessionConnections ConnectionsOf(LiveSession session)
    {
        if (UserNaming.NameOf(session.Facts, settings.Current.Exchange.SignOn.Kerberos) is { } user) return new SignedOn(user, pools.Of(session), sender.Value);
        SignOnFailure.NoUserName.Report(logger, session.Facts.User, "The configured rule finds no Kerberos name in this session");
        return new Nameless();
    }

    private sealed class SignedOn(string user, ConnectionPool pool, TicketSender sender) : ISessionConnections
    {
        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            sender.SendAsync(user, pool, request, cancellationToken);
    }

    private sealed class Nameless : ISessionConnections
    {
        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult<HttpResponseMessage>(new RefusedAnswer(SignOnFailure.NoUserName.ToRefusal()));
    }
}
