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
        using var place = limits.Connect(IsBalancer(source) ? null : source);
        if (place is not null)
        {
            await next(connection);
            return;
        }

        if (limits.IsWorthALine("connections", AddressGroup.Of(source))) logger.TooManyConnections(source);
        connection.Abort();
    }

    private bool IsBalancer(IPAddress? address)
    {
        if (address is null) return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var trusted = settings.Current.ForwardedHeaders;
        return trusted.KnownProxies.Any(proxy => IPAddress.Parse(proxy).Equals(plain)) || trusted.KnownNetworks.Any(network => IPNetwork.Parse(network).Contains(plain));
    }
}
