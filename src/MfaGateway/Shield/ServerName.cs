using System.Globalization;
using System.Net;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MfaGateway.Shield;

/// <summary>
/// Marks connections that were opened for another name than the public one. A browser may use a connection for every name in its certificate (RFC 9113, 9.1.1); told so,
/// it opens another. A listed balancer asks for the name it knows the node by. An address is no name (RFC 6066, 3), though some clients say one.
/// </summary>
internal sealed class ServerName(GatewaySettings settings)
{
    private static readonly IdnMapping _names = new();

    public Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<ITlsHandshakeFeature>()?.HostName is { Length: > 0 } asked && !IsOurs(asked) && !IPAddress.TryParse(asked, out _)
            && !settings.Current.ForwardedHeaders.Lists((connection.RemoteEndPoint as IPEndPoint)?.Address))
        {
            connection.Features.Set(Misdirected.Instance);
        }

        return next(connection);
    }

    /// <summary>TLS hands a name over with its letters beyond ASCII, where it can, however it came.</summary>
    private bool IsOurs(string asked) =>
        asked.Equals(settings.Host, StringComparison.OrdinalIgnoreCase) || asked.Equals(WithAllLetters(settings.Host), StringComparison.OrdinalIgnoreCase);

    private static string WithAllLetters(string host)
    {
        try
        {
            return _names.GetUnicode(host);
        }
        catch (ArgumentException)
        {
            return host; // begins with xn-- and goes on with nonsense: then it is meant as it is written
        }
    }

    /// <summary>On a connection: it was opened for another name.</summary>
    internal sealed class Misdirected
    {
        public static readonly Misdirected Instance = new();

        private Misdirected()
        {
        }
    }
}
