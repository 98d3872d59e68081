namespace MfaGateway.Policy.Conditions;

/// <summary>Looking up a name without regard to case, as Windows and Exchange compare names.</summary>
internal static class Names
{
    public static Match Contain(string[] names, string name)
    {
        foreach (var candidate in names)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
                return Match.Yes;
        }

        return Match.No;
    }

    /// <summary>A list of names in an explanation.</summary>
    public static string Show(IEnumerable<string> names)
    {
        var shown = string.Join(", ", names.Order(StringComparer.Ordinal));
        return shown.Length == 0 ? "none" : shown;
    }
}
