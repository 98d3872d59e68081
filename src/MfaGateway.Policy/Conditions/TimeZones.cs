using System.Collections.Frozen;

namespace MfaGateway.Policy.Conditions;

/// <summary>Finds a time zone by its IANA or its Windows name on either system, so that one document serves gateways on both.</summary>
internal static class TimeZones
{
    private static readonly FrozenDictionary<string, string[]> ByWindowsName = ReadTable();

    private static readonly FrozenDictionary<string, string> WindowsNames = ByWindowsName
        .SelectMany(row => row.Value.Select(name => KeyValuePair.Create(name, row.Key)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name worth proposing.</summary>
    public static IEnumerable<string> Names => WindowsNames.Keys.Concat(ByWindowsName.Keys);

    public static TimeZoneInfo? Find(string name)
    {
        if (!LooksLikeZone(name))
            return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return zone;
        var other = ByWindowsName.TryGetValue(name, out var names) ? names[0] : WindowsNames.GetValueOrDefault(name);
        return other is not null && TimeZoneInfo.TryFindSystemTimeZoneById(other, out zone) ? zone : null;
    }

    // On Linux a name becomes the path of a file below the time zone folder.
    private static bool LooksLikeZone(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '_' or '-' or '+' or '.' or ' ' or '(' or ')')
        && !name.Contains("..", StringComparison.Ordinal) && char.IsAsciiLetter(name[0]);

    private static FrozenDictionary<string, string[]> ReadTable()
    {
        using var stream = typeof(TimeZones).Assembly.GetManifestResourceStream(typeof(TimeZones), "TimeZones.txt")!; // embedded by the project file
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split('='))
            .ToFrozenDictionary(row => row[0], row => row[1].Split(' '), StringComparer.OrdinalIgnoreCase);
    }
}
