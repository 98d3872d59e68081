using System.Net;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Limits;

/// <summary>Closes connections of browsers that are too many, before a byte of them is read.</summary>
internal sealed class ConnectionGate(DescriptorReserve descriptors, RequestLimits limits, GatewaySettings settings, ILogger<ConnectionGate> logger)
{
    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!descriptors.Admits(connection))
        {
            connection.Abort();
            return;
        }

        var source = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        using var place = limits.Connect(settings.Current.ForwardedHeaders.Lists(source) ? null : source);
        if (place is not null)
        {
            await next(connection);
            return;
        }

        if (limits.IsWorthALine("connections", AddressGroup.Of(source))) logger.TooManyConnections(source);
        connection.Abort();
    }
}
