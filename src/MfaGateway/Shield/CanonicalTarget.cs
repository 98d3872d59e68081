using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MfaGateway.Shield;

/// <summary>
/// The one meaning of a request target. What cannot be read in exactly one way has no canonical form and is answered 400; what can is decoded once, and
/// policy, audit and Exchange all get this same form. IIS removes its own filters below /owa and /ecp, so nobody checks after us.
/// </summary>
/// <param name="Path">The decoded path: ASCII, begins with a slash, no empty or dot segment.</param>
/// <param name="Encoded">The same path as it is sent on: only spaces are escaped.</param>
/// <param name="Query">The query with its question mark, byte for byte as received; empty when there is none.</param>
internal sealed record CanonicalTarget(string Path, string Encoded, string Query)
{
    /// <summary>OWA's maxUrlLength (web.config of the front end).</summary>
    internal const int MaxPath = 500;

    /// <summary>What may stand in a path undecoded or decoded. Missing on purpose: control and non-ASCII characters, <c>% \ ; : * &lt; &gt; " | ? # &amp; ^ ` { } [ ]</c>.</summary>
    private static readonly SearchValues<char> _allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'()+,=@/");

    private static readonly SearchValues<char> _printable = SearchValues.Create(
        string.Concat(Enumerable.Range(0x21, 0x7e - 0x20).Select(c => (char)c).Where(c => c != '#')));

    public static bool TryParse(string rawTarget, [NotNullWhen(true)] out CanonicalTarget? target)
    {
        target = null;
        if (rawTarget.Length == 0 || rawTarget[0] != '/') return false; // absolute-form, authority-form and "*" (RFC 9112, 3.2) mean another host or none
        var question = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var rawPath = question < 0 ? rawTarget.AsSpan() : rawTarget.AsSpan(0, question);
        var query = question < 0 ? "" : rawTarget[question..];
        if (!IsQuery(query) || Decode(rawPath) is not { } path || path.Length > MaxPath || !IsPath(path)) return false;

        target = new CanonicalTarget(path, path.Replace(" ", "%20", StringComparison.Ordinal), query);
        return true;
    }

    /// <summary>The first and only value of a query parameter; null when it is absent, stands there twice, or could: ASP.NET reads <c>%u0072</c> as r,
    /// others do not.</summary>
    public string? SingleQueryValue(string name)
    {
        if (Query.Contains("%u", StringComparison.OrdinalIgnoreCase)) return null;

        string? found = null;
        foreach (var pair in new Microsoft.AspNetCore.WebUtilities.QueryStringEnumerable(Query))
        {
            if (!pair.DecodeName().Span.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) return null;
            found = pair.DecodeValue().ToString();
        }

        return found;
    }

    private static bool IsQuery(ReadOnlySpan<char> query) =>
        !query.ContainsAnyExcept(_printable) && !query.Contains("%00", StringComparison.Ordinal);

    private static string? Decode(ReadOnlySpan<char> raw)
    {
        if (!raw.Contains('%')) return raw.ToString();

        var bytes = new byte[raw.Length];
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] > 0x7e) return null;
            if (raw[i] != '%')
            {
                bytes[length++] = (byte)raw[i];
                continue;
            }

            if (i + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[i + 1]) || !char.IsAsciiHexDigit(raw[i + 2])) return null;
            var value = (byte)((Convert.ToInt32(raw.Slice(i + 1, 2).ToString(), 16)));
            if (value is (byte)'/') return null; // an encoded slash is a slash to some readers and a letter to others
            bytes[length++] = value;
            i += 2;
        }

        return Encoding.Latin1.GetString(bytes, 0, length); // anything above 0x7e fails the character check, whatever UTF-8 would make of it
    }

    private static bool IsPath(ReadOnlySpan<char> path)
    {
        if (path.ContainsAnyExcept(_allowed) && !OnlyInnerSpaces(path)) return false;
        var rest = path[1..];
        while (true)
        {
            var slash = rest.IndexOf('/');
            var segment = slash < 0 ? rest : rest[..slash];
            if (slash >= 0 && segment.IsEmpty) return false;
            if (!segment.IsEmpty && !IsSegment(segment)) return false;
            if (slash < 0) return true;
            rest = rest[(slash + 1)..];
        }
    }

    private static bool OnlyInnerSpaces(ReadOnlySpan<char> path)
    {
        foreach (var c in path)
        {
            if (c != ' ' && !_allowed.Contains(c)) return false;
        }

        return true;
    }

    /// <summary>Windows drops trailing dots and spaces, ASP.NET reads <c>(S(x))</c> as a session (CVE-2023-36899), and <c>NAME~1</c> is another name of a file, also behind another tilde.</summary>
    private static bool IsSegment(ReadOnlySpan<char> segment)
    {
        if (segment[^1] is '.' or ' ' || segment[0] is ' ' or '(') return false;
        for (var n = 0; n + 1 < segment.Length; n++)
        {
            if (segment[n] == '~' && char.IsAsciiDigit(segment[n + 1])) return false;
        }

        return true;
    }
}
