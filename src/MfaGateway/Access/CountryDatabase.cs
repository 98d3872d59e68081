using System.Net;
using System.Net.Sockets;
using MaxMind.Db;
using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>The countries of addresses, from a MaxMind DB file held in memory (maxmind.github.io/MaxMind-DB).</summary>
internal sealed class CountryDatabase
{
    /// <summary>How many entries are looked through for a country before a file counts as one of something else.</summary>
    private const int Tried = 10_000;

    // Requests may still look into a database that was replaced, so it is left to the garbage collector: it holds memory, no open file.
    private readonly Reader _reader;

    private CountryDatabase(Reader reader, string path, string stamp) => (_reader, Path, Stamp) = (reader, path, stamp);

    public string Path { get; }

    /// <summary>Changes when the file does.</summary>
    public string Stamp { get; }

    /// <exception cref="InvalidDatabaseException">The file is no MaxMind DB, is damaged, or holds no countries.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CountryDatabase Read(string path)
    {
        var stamp = StampOf(path);
#pragma warning disable CA2000 // see the field: on success it is kept as long as anybody may look into it
        var reader = new Reader(path, FileAccessMode.Memory);
#pragma warning restore CA2000
        try
        {
            if (!reader.FindAll<Entry>(cacheSize: 1).Take(Tried).Any(found => found.Data.Country?.IsoCode is not null))
                throw new InvalidDatabaseException($"It is a database of the type '{reader.Metadata.DatabaseType}', and no entry has a country.");
            return new CountryDatabase(reader, path, stamp);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public static string StampOf(string path)
    {
        var info = new FileInfo(path);
        return $"{info.LastWriteTimeUtc.Ticks}/{info.Length}";
    }

    /// <summary>The country of an address; <see cref="CountryNames.Unknown"/> when the file has none for it; null when that cannot be told.</summary>
    public string? CountryOf(IPAddress? address)
    {
        if (address is null || (_reader.Metadata.IPVersion == 4 && address.AddressFamily is AddressFamily.InterNetworkV6)) return null;
        try
        {
            var code = _reader.Find<Entry>(address)?.Country?.IsoCode;
            return code is not null && CountryNames.All.Contains(code) ? code : CountryNames.Unknown;
        }
        catch (Exception e) when (e is InvalidDatabaseException or DeserializationException or ArgumentException)
        {
            return null; // damaged inside: the policy reads it in the safe direction
        }
    }

    internal sealed class Entry
    {
        [MapKey("country")]
        public Country? Country { get; init; }
    }

    internal sealed class Country
    {
        [MapKey("iso_code")]
        public string? IsoCode { get; init; }
    }
}
