namespace MfaGateway.Policy.Conditions;

/// <summary>One pattern of a <c>path</c> condition, cut into segments and these into the literal pieces between their stars.</summary>
internal sealed class PathPattern
{
    private readonly string[][] _segments;
    private readonly bool _andBelow;

    // What stands before the first star; most paths are told by it.
    private readonly string _beginning;
    private readonly bool _hasStars;

    public PathPattern(string pattern)
    {
        _andBelow = pattern.EndsWith("/**", StringComparison.Ordinal);
        var exact = _andBelow ? pattern[..^3] : pattern;
        _hasStars = exact.Contains('*', StringComparison.Ordinal);
        _beginning = exact.Split('*')[0];
        _segments = [.. exact.Split('/').Select(segment => segment.Split('*'))];
    }

    public bool IsMatch(ReadOnlySpan<char> path)
    {
        if (!path.StartsWith(_beginning, StringComparison.OrdinalIgnoreCase))
            return false;
        return _hasStars ? MatchesSegments(path) : path.Length == _beginning.Length || (_andBelow && path[_beginning.Length] == '/');
    }

    private bool MatchesSegments(ReadOnlySpan<char> path)
    {
        for (var index = 0; ; index++)
        {
            var slash = path.IndexOf('/');
            if (!IsMatch(_segments[index], slash < 0 ? path : path[..slash]))
                return false;
            var isLast = index == _segments.Length - 1;
            if (slash < 0)
                return isLast;
            if (isLast)
                return _andBelow;
            path = path[(slash + 1)..];
        }
    }

    // Without a star a segment must be equal. With stars: the first piece in front, the last at the end, the others between them from
    // left to right; taking each at its first place is enough, because what follows a star may begin anywhere.
    private static bool IsMatch(string[] pieces, ReadOnlySpan<char> segment)
    {
        var (first, last) = (pieces[0], pieces[^1]);
        if (pieces.Length == 1)
            return segment.Equals(first, StringComparison.OrdinalIgnoreCase);
        if (segment.Length < first.Length + last.Length
            || !segment.StartsWith(first, StringComparison.OrdinalIgnoreCase)
            || !segment.EndsWith(last, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var middle = segment[first.Length..^last.Length];
        foreach (var piece in pieces.AsSpan(1, pieces.Length - 2))
        {
            var at = middle.IndexOf(piece, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            middle = middle[(at + piece.Length)..];
        }

        return true;
    }
}
