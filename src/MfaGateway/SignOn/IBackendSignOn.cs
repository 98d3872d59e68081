using MfaGateway.Sessions;

namespace MfaGateway.SignOn;

/// <summary>How a user whom the gateway has let in is signed on at Exchange: over which connections, and with what on them.</summary>
internal interface IBackendSignOn
{
    /// <summary>The name by which <c>Gateway:Exchange:SignOn:Method</c> chooses it.</summary>
    string Name { get; }

    /// <summary>The connections on which this session's person is signed on, and nobody else; null where Exchange does its own logon over the connections
    /// that everybody shares.</summary>
    ISessionConnections? ConnectionsOf(LiveSession session);
}

/// <summary>Connections to Exchange that belong to one session.</summary>
internal interface ISessionConnections
{
    /// <summary>Sends a request as the session's person.</summary>
    /// <returns>The answer; a <see cref="RefusedAnswer"/> when the person cannot be signed on.</returns>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
