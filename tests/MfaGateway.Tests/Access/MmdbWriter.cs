using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace MfaGateway.Tests.Access;

/// <summary>Writes small MaxMind DB files (maxmind.github.io/MaxMind-DB, version 2.0) with the country of some networks: enough to test a reader with files
/// that are nobody's property.</summary>
internal static class MmdbWriter
{
    private const int RecordBits = 24;
    private const int Separator = 16;
    private static readonly byte[] MetadataMarker = [0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8];

    /// <summary>A file with these networks; a country of null is an entry without one.</summary>
    public static byte[] Write(IReadOnlyList<(string Network, string? Country)> entries, string type = "Test-Country", int ipVersion = 6)
    {
        var root = new Node();
        var data = new MemoryStream();
        foreach (var (text, country) in entries)
        {
            var network = IPNetwork.Parse(text);
            Insert(root, Bits(network.BaseAddress, ipVersion), network.PrefixLength + (IsShort(network, ipVersion) ? 96 : 0), (int)data.Position);
            data.Write(Entry(country));
        }

        List<Node> nodes = [];
        Number(root, nodes);
        return [.. nodes.SelectMany(node => Pair(node, nodes.Count)), .. new byte[Separator], .. data.ToArray(), .. MetadataMarker, .. Metadata(nodes.Count, type, ipVersion)];
    }

    private static bool IsShort(IPNetwork network, int ipVersion) => ipVersion == 6 && network.BaseAddress.GetAddressBytes().Length == 4;

    // IPv4 networks stand at ::/96 of a file for both
    private static bool[] Bits(IPAddress address, int ipVersion)
    {
        var bytes = address.GetAddressBytes();
        byte[] whole = ipVersion == 6 && bytes.Length == 4 ? [.. new byte[12], .. bytes] : bytes;
        return [.. whole.SelectMany(octet => Enumerable.Range(0, 8).Select(bit => (octet & (0x80 >> bit)) != 0))];
    }

    private static void Insert(Node node, bool[] bits, int length, int offset)
    {
        for (var depth = 0; depth < length - 1; depth++)
            node = node.Children[bits[depth] ? 1 : 0] ??= new Node();
        node.Data[bits[length - 1] ? 1 : 0] = offset;
    }

    private static void Number(Node node, List<Node> nodes)
    {
        node.Number = nodes.Count;
        nodes.Add(node);
        foreach (var child in node.Children.OfType<Node>()) Number(child, nodes);
    }

    private static byte[] Pair(Node node, int count) => [.. Enumerable.Range(0, 2).SelectMany(side => Record(
        node.Children[side]?.Number ?? (node.Data[side] is { } offset ? count + Separator + offset : count)))];

    private static byte[] Record(int value) => [(byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Entry(string? country) => country is null
        ? [.. Map(1), .. Text("continent"), .. Text("EU")]
        : [.. Map(1), .. Text("country"), .. Map(1), .. Text("iso_code"), .. Text(country)];

    private static byte[] Metadata(int nodes, string type, int ipVersion) =>
    [
        .. Map(9),
        .. Text("node_count"), .. Number(6, (uint)nodes),
        .. Text("record_size"), .. Number(5, RecordBits),
        .. Text("ip_version"), .. Number(5, (uint)ipVersion),
        .. Text("database_type"), .. Text(type),
        .. Text("languages"), 0x01, 0x04, .. Text("en"),
        .. Text("binary_format_major_version"), .. Number(5, 2),
        .. Text("binary_format_minor_version"), .. Number(5, 0),
        .. Text("build_epoch"), 0x08, 0x02, .. new byte[4], .. BigEndian(1_767_225_600),
        .. Text("description"), .. Map(1), .. Text("en"), .. Text("made by a test"),
    ];

    // a control byte: the type in the upper three bits, the size in the lower five
    private static byte[] Map(int pairs) => [(byte)((7 << 5) | pairs)];

    private static byte[] Text(string text) => [(byte)((2 << 5) | text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int type, uint value) => [(byte)((type << 5) | 4), .. BigEndian(value)];

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private sealed class Node
    {
        public Node?[] Children { get; } = new Node?[2];
        public int?[] Data { get; } = new int?[2];
        public int Number { get; set; }
    }
}
