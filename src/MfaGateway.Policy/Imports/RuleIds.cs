using System.Globalization;
using System.Text;

namespace MfaGateway.Policy.Imports;

/// <summary>Makes rule ids of the names people gave their policies: each once, in the letters an id may have.</summary>
internal sealed class RuleIds
{
    private const int Longest = 56; // an id has at most 64 characters; the rest is for the number of a namesake

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    public string For(string name, string otherwise)
    {
        var text = new StringBuilder();
        foreach (var character in name.Where(_ => text.Length < Longest))
        {
            if (char.IsAsciiLetterOrDigit(character))
                text.Append(char.ToLowerInvariant(character));
            else if (text.Length > 0 && text[^1] != '-')
                text.Append('-');
        }

        var id = text.ToString().TrimEnd('-');
        if (id.Length == 0)
            id = otherwise;
        var unique = id;
        for (var number = 2; !_taken.Add(unique); number++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");
        return unique;
    }
}
