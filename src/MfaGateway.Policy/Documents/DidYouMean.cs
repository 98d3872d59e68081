namespace MfaGateway.Policy.Documents;

/// <summary>Finds the word somebody meant: the nearest by edit distance (Levenshtein), if near enough to be a slip.</summary>
internal static class DidYouMean
{
    private const int MostWords = 1_000; // bounds the work on a hostile document, whose own names are among the words

    /// <summary>A remedy: the nearest word as a question, or all of them.</summary>
    public static string Among(IEnumerable<string> words, string typed)
    {
        var known = words.Take(MostWords).Order(StringComparer.Ordinal).ToList();
        if (Nearest(known, typed) is { } nearest)
            return $"Did you mean `{nearest}`?";
        return known.Count == 0 ? "None is defined" : $"Known: {string.Join(", ", known.Select(word => $"`{word}`"))}";
    }

    /// <summary>The nearest word, if it is near enough to be a slip.</summary>
    public static string? Nearest(IEnumerable<string> words, string typed)
    {
        var nearest = words.Take(MostWords).Select(word => (word, distance: Distance(word, typed)))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.word, StringComparer.Ordinal).FirstOrDefault();
        var isSlip = nearest.word is not null && nearest.distance <= Math.Max(2, nearest.word.Length / 3) && nearest.distance < nearest.word.Length;
        return isSlip ? nearest.word : null;
    }

    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 8) // further apart than any slip; also bounds the work on hostile input
            return int.MaxValue;
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var current = new int[right.Length + 1];
        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var same = char.ToUpperInvariant(left[row - 1]) == char.ToUpperInvariant(right[column - 1]);
                var replaced = previous[column - 1] + (same ? 0 : 1);
                current[column] = Math.Min(replaced, Math.Min(previous[column], current[column - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
