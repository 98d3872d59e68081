using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MfaGateway.Policy.Documents;

/// <summary>Networks in CIDR notation. Only the canonical spelling is read: <c>010.0.0.0/8</c> is octal to some and decimal to others,
/// and <c>10.1.2.3/8</c> hides which of two things was meant.</summary>
internal static class Cidr
{
    private const int MappedPrefix = 96; // ::ffff:0:0/96, RFC 4291 section 2.5.5.2

    public static ImmutableArray<IPNetwork> ReadAll(DocumentNode list) => [.. list.Strings().Select(Read).OfType<IPNetwork>()];

    private static IPNetwork? Read(DocumentNode node)
    {
        var slash = node.Text.LastIndexOf('/');
        if (slash < 0 && IPAddress.TryParse(node.Text, out var single))
        {
            node.Report($"{DocumentNode.Quote(node.Text)} has no prefix length", $"Write `{single}/{Bits(single)}` for this one address");
            return null;
        }

        if (slash < 0
            || !IPAddress.TryParse(node.Text.AsSpan(0, slash), out var address)
            || !int.TryParse(node.Text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > Bits(address)
            || !IsCanonical(address, node.Text[..slash]))
        {
            node.Report($"{DocumentNode.Quote(node.Text)} is not a network", "Write it in CIDR notation, for example `10.0.0.0/8` or `fd00::/8`");
            return null;
        }

        var masked = Mask(address, length);
        if (masked.Equals(address))
            return InFormOfClients(address, length);
        node.Report(
            $"{DocumentNode.Quote(node.Text)} has bits set behind its prefix",
            $"Write `{masked}/{length}` for the network or `{address}/{Bits(address)}` for the address");
        return null;
    }

    /// <summary>Reads one address, in its canonical spelling.</summary>
    public static IPAddress? ReadAddress(DocumentNode node)
    {
        if (!node.IsText())
            return null;
        if (IPAddress.TryParse(node.Text, out var address) && IsCanonical(address, node.Text))
            return address;
        node.Report($"{DocumentNode.Quote(node.Text)} is not an IP address", "Write for example `203.0.113.7` or `2001:db8::7`");
        return null;
    }

    /// <summary>The canonical spelling of a network or of a single address as other products write them: they allow bits behind the prefix
    /// and leave the prefix of one address out.</summary>
    /// <returns>The network, or <see langword="null"/> when the text is neither.</returns>
    public static string? Canonical(string text)
    {
        var slash = text.LastIndexOf('/');
        var written = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(written, out var address) || !IsCanonical(address, written))
            return null;
        var length = Bits(address);
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > Bits(address)))
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"{Mask(address, length)}/{length}");
    }

    // The parser also takes `10.1`, octal and hexadecimal numbers, and scopes of link-local addresses.
    private static bool IsCanonical(IPAddress address, string text) => address.AddressFamily is AddressFamily.InterNetwork
        ? address.ToString() == text
        : text.AsSpan().IndexOfAny('%', '[') < 0;

    // Clients never appear as IPv4-mapped addresses (AccessRequest.Source), so such a network is kept in its IPv4 form.
    private static IPNetwork InFormOfClients(IPAddress address, int length) => address.IsIPv4MappedToIPv6 && length >= MappedPrefix
        ? new IPNetwork(address.MapToIPv4(), length - MappedPrefix)
        : new IPNetwork(address, length);

    private static int Bits(IPAddress address) => address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;

    private static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var index = 0; index < bytes.Length; index++)
        {
            var kept = Math.Clamp(length - (index * 8), 0, 8);
            bytes[index] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
