using System.IO.Enumeration;

namespace MfaGateway.Exchange;

/// <summary>The verbs that the gateway forwards at all.</summary>
[Flags]
internal enum Verbs
{
    None = 0,
    Get = 1,
    Head = 2,
    Post = 4,
    Read = Get | Head,
    All = Read | Post,
}

/// <summary>How large a body may be.</summary>
internal enum BodySize
{
    /// <summary>1 MB.</summary>
    Small,

    /// <summary>2 MB, the limit of Exchange's DDI services.</summary>
    Medium,

    /// <summary><c>MaxUploadBytes</c>.</summary>
    Upload,
}

/// <summary>A path shape that Exchange publishes to browsers, with its verbs.</summary>
/// <param name="Pattern">Below the application's root; <c>*</c> inside a segment, <c>**</c> for any number of segments.</param>
/// <param name="Verbs">What may be done to it.</param>
/// <param name="Body">How large a body may be.</param>
internal sealed record PublishedShape(string Pattern, Verbs Verbs, BodySize Body = BodySize.Small)
{
    private readonly string[] _segments = Pattern.Split('/');

    /// <summary>Only files of static content: scripts, styles, images, fonts.</summary>
    public bool StaticOnly { get; init; }

    public bool Matches(ReadOnlySpan<char> path) => Matches(_segments, path);

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<char> path)
    {
        while (true)
        {
            if (pattern[0] == "**")
            {
                if (pattern.Length == 1) return true;
                for (var at = 0; at >= 0; at = NextSegment(path, at))
                {
                    if (Matches(pattern[1..], path[at..])) return true;
                }

                return false;
            }

            var slash = path.IndexOf('/');
            var segment = slash < 0 ? path : path[..slash];
            if (!SegmentMatches(pattern[0], segment)) return false;
            if (slash < 0 || pattern.Length == 1) return slash < 0 && pattern.Length == 1;
            pattern = pattern[1..];
            path = path[(slash + 1)..];
        }
    }

    private static int NextSegment(ReadOnlySpan<char> path, int from)
    {
        var slash = path[from..].IndexOf('/');
        return slash < 0 ? -1 : from + slash + 1;
    }

    private static bool SegmentMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> segment)
    {
        if (pattern is "{build}") return IsBuild(segment);
        if (!pattern.Contains('*')) return segment.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        return !segment.IsEmpty && FileSystemName.MatchesSimpleExpression(pattern, segment, ignoreCase: true);
    }

    private static bool IsBuild(ReadOnlySpan<char> segment)
    {
        if (segment.Equals("Current", StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var c in segment)
        {
            if (!char.IsAsciiDigit(c) && c != '.') return false;
        }

        return segment.Contains('.');
    }
}
