using System.Buffers.Binary;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>Makes keytabs that lack keys.</summary>
internal static class KeytabFiles
{
    /// <summary>Copies the entries whose encryption type is wanted.</summary>
    public static async Task KeepAsync(string from, string to, Func<int, bool> wanted)
    {
        var file = await File.ReadAllBytesAsync(from);
        using var kept = new MemoryStream();
        kept.Write(file.AsSpan(0, 2));
        for (var at = 2; at + 4 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var entry = file.AsSpan(at, 4 + Math.Abs(length));
            if (length > 0 && wanted(TypeOf(entry[4..]))) kept.Write(entry);
            at += entry.Length;
        }

        await File.WriteAllBytesAsync(to, kept.ToArray());
    }

    private static int TypeOf(ReadOnlySpan<byte> entry)
    {
        var parts = BinaryPrimitives.ReadUInt16BigEndian(entry);
        var at = 2;
        for (var n = 0; n <= parts; n++) at += 2 + BinaryPrimitives.ReadUInt16BigEndian(entry[at..]); // realm and parts
        return BinaryPrimitives.ReadUInt16BigEndian(entry[(at + 9)..]); // behind name type, time and version
    }
}
