using System.Net;
using System.Net.Sockets;

namespace MfaGateway.Limits;

/// <summary>What counts as one client address: an IPv4 address, or the /64 of an IPv6 address, of which every subscriber has at least one (RIPE-690, 4.2).</summary>
internal static class AddressGroup
{
    private const int PrefixBytes = 8;

    public static string Of(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        return address.AddressFamily is AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, PrefixBytes)) : address.ToString();
    }
}
