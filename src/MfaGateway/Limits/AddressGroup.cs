using System.Net;
using System.Net.Sockets;

namespace MfaGateway.Limits;

/// <summary>What counts as one client address: an IPv4 address, or the /64 of an IPv6 address, of which every subscriber has at least one (RIPE-690, 4.2).</summary>
internal static class AddressGroup
{
    private const int PrefixBytes = 8;

    public static string Of(IPAddress? address)
    {
        if (Plain(address) is not { } plain) return "";
        return plain.AddressFamily is AddressFamily.InterNetworkV6 ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, PrefixBytes)) : plain.ToString();
    }

    /// <summary>An IPv4 address in its own form, also where a socket for both kinds told of it.</summary>
    public static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
