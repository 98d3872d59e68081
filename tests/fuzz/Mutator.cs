using System.Text;
using System.Text.RegularExpressions;

namespace MfaGateway.Fuzz;

/// <summary>Changes inputs: whole words, strings and brackets, so that what comes out is still nearly right, and now and then single characters.</summary>
internal sealed partial class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int LongestInput = 20_000;

    private static readonly string[] Nasty =
    [
        "\"\"", "\" \"", "null", "true", "false", "0", "-1", "1e999", "99999999999999999999", "{}", "[]", "[[]]", "{\"\":{}}", "\"\\ud800\"", "\"\\u0000\"", "\"\u0130\"",
        "\"ﬀ\"", "/*", "*/", "//", "\n", "\r\n", "\t", "\uFEFF", "\0", "\uD83D", "é", "&#0;", "<!--", "-->", "<![CDATA[", "]]>", "<?x?>", "&lt;", "(", ")",
    ];

    /// <summary>The input with one to four changes; a part of the other may be put in.</summary>
    public string Change(string input, string other)
    {
        var tokens = Split(input);
        for (var changes = random.Next(2) == 0 ? 1 : random.Next(2, 5); changes > 0; changes--)
        {
            if (random.Next(2) == 0)
                Exchange(tokens, Split(other));
            else
                ChangeTokens(tokens, other);
        }

        var text = string.Concat(tokens);
        if (random.Next(8) == 0)
            text = ChangeCharacters(text);
        return text.Length > LongestInput ? text[..LongestInput] : text;
    }

    // A string for a string, a word for a word: what comes out can still be read.
    private void Exchange(List<string> tokens, List<string> others)
    {
        var at = random.Next(tokens.Count + 1);
        if (at == tokens.Count || string.IsNullOrWhiteSpace(tokens[at]))
            return;
        var donor = random.Next(3) switch { 0 => tokens, 1 => others, _ => Split(Word()) };
        var alike = donor.Where(token => token != tokens[at] && Kind(token[0]) == Kind(tokens[at][0])).ToList();
        if (alike.Count > 0)
            tokens[at] = alike[random.Next(alike.Count)];
    }

    private static char Kind(char first) => char.IsLetterOrDigit(first) ? 'a' : first;

    private void ChangeTokens(List<string> tokens, string other)
    {
        var at = random.Next(tokens.Count + 1);
        var length = Math.Min(random.Next(1, 1 + (random.Next(3) == 0 ? 30 : 3)), tokens.Count - at);
        switch (random.Next(9))
        {
            case 0:
                tokens.RemoveRange(at, length);
                break;
            case 1:
                tokens.InsertRange(at, tokens.GetRange(at, length));
                break;
            case 2:
                tokens.Insert(at, Word());
                break;
            case 3 or 4 when at < tokens.Count:
                tokens[at] = Word();
                break;
            case 5 when at < tokens.Count && tokens[at].Length > 2 && tokens[at][0] == '"':
                tokens[at] = $"\"{Inside(Word())}\"";
                break;
            case 6:
                var part = Split(other);
                var from = random.Next(part.Count + 1);
                tokens.InsertRange(at, part.GetRange(from, Math.Min(random.Next(1, 40), part.Count - from)));
                break;
            case 7 when at < tokens.Count:
                (tokens[at], tokens[random.Next(tokens.Count)]) = (tokens[random.Next(tokens.Count)], tokens[at]);
                break;
            case 8 when random.Next(4) == 0:
                tokens.InsertRange(at, Enumerable.Repeat(tokens.GetRange(at, length), random.Next(2, 60)).SelectMany(part => part).Take(500).ToList());
                break;
        }
    }

    private string ChangeCharacters(string text)
    {
        var changed = new StringBuilder(text);
        for (var changes = random.Next(1, 4); changes > 0 && changed.Length > 0; changes--)
        {
            var at = random.Next(changed.Length);
            switch (random.Next(4))
            {
                case 0:
                    changed[at] = (char)(changed[at] ^ (1 << random.Next(8)));
                    break;
                case 1:
                    changed[at] = (char)random.Next(0x10000);
                    break;
                case 2:
                    changed.Insert(at, (char)random.Next(0x80));
                    break;
                default:
                    changed.Remove(at, 1);
                    break;
            }
        }

        return changed.ToString();
    }

    private string Word() => random.Next(4) == 0 ? Nasty[random.Next(Nasty.Length)] : words[random.Next(words.Count)];

    private static string Inside(string word) => word.Trim('"').Replace("\"", "", StringComparison.Ordinal);

    private static List<string> Split(string text) => [.. Tokens().EnumerateMatches(text).ToStrings(text)];

    [GeneratedRegex("""
        "(?:\\.|[^"\\])*"|[\w.$@:/*+-]+|\s+|.
        """, RegexOptions.Singleline)]
    private static partial Regex Tokens();
}

/// <summary>Reading matches.</summary>
internal static class MatchExtensions
{
    public static List<string> ToStrings(this Regex.ValueMatchEnumerator matches, string text)
    {
        var strings = new List<string>();
        foreach (var match in matches)
            strings.Add(text.Substring(match.Index, match.Length));
        return strings;
    }
}
