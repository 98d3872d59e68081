using System.Buffers.Binary;
using System.Text;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>One key of a keytab, without the key.</summary>
/// <param name="Principal">name@REALM.</param>
/// <param name="Version">Key version number (kvno).</param>
/// <param name="EncryptionType">RFC 3961 number: 17 and 18 are AES, 23 is RC4.</param>
internal sealed record KeytabEntry(string Principal, uint Version, int EncryptionType)
{
    public bool IsAes => EncryptionType is 17 or 18 or 19 or 20;
}

/// <summary>Reads whose keys a keytab file holds (MIT's format, version 0x0502), so that a wrong file is named before the first user comes. The Kerberos library
/// itself only says that there is no credentials cache.</summary>
internal static class Keytab
{
    /// <exception cref="InvalidDataException">The file is not a keytab.</exception>
    public static IReadOnlyList<KeytabEntry> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 2 || file[0] != 5 || file[1] != 2) throw new InvalidDataException("It does not begin like a keytab (05 02).");
        var entries = new List<KeytabEntry>();
        var rest = file[2..];
        while (rest.Length >= sizeof(int))
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(rest);
            rest = rest[sizeof(int)..];
            if (size == 0) break;
            var length = size == int.MinValue ? int.MaxValue : Math.Abs(size);
            if (length > rest.Length) throw new InvalidDataException("It ends in the middle of an entry.");
            if (size > 0) entries.Add(ReadEntry(rest[..length])); // a negative size is a hole that a removed key left
            rest = rest[length..];
        }

        return entries;
    }

    private static KeytabEntry ReadEntry(ReadOnlySpan<byte> entry)
    {
        var parts = ReadUInt16(ref entry);
        var realm = ReadText(ref entry);
        var name = string.Join('/', ReadParts(ref entry, parts));
        Take(ref entry, 8); // name type and time
        uint version = Take(ref entry, 1)[0];
        int type = ReadUInt16(ref entry);
        Take(ref entry, ReadUInt16(ref entry));
        if (entry.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(entry) is var wide and not 0) version = wide; // versions above 255
        return new KeytabEntry($"{name}@{realm}", version, type);
    }

    private static string[] ReadParts(ref ReadOnlySpan<byte> entry, int count)
    {
        var parts = new string[count];
        for (var n = 0; n < count; n++) parts[n] = ReadText(ref entry);
        return parts;
    }

    private static string ReadText(ref ReadOnlySpan<byte> entry) => Encoding.UTF8.GetString(Take(ref entry, ReadUInt16(ref entry)));

    private static ushort ReadUInt16(ref ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16BigEndian(Take(ref entry, sizeof(ushort)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> entry, int length)
    {
        if (length > entry.Length) throw new InvalidDataException("An entry ends too early.");
        var taken = entry[..length];
        entry = entry[length..];
        return taken;
    }
}
