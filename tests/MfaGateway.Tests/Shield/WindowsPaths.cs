using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MfaGateway.Tests.Shield;

/// <summary>
/// How HTTP.sys, IIS, ASP.NET and the Windows file system read the path of a request, each rule from its documentation. Where a switch, a version or a module decides
/// between two readings, both are taken: a target is safe only when all of them agree. Written for clarity, knowing nothing of the gateway's own parser.
/// </summary>
internal static partial class WindowsPaths
{
    /// <summary>Every path that the target may be taken for.</summary>
    public static IReadOnlySet<string> Readings(string target)
    {
        HashSet<string> readings = [PathOf(target)];
        Read(path => [path, WithoutFragment(path)]);
        Read(Decoded);
        Read(path => [path, .. Decoded(path)]); // a module that decodes again, which IIS calls double escaping (requestFiltering, allowDoubleEscaping)
        Read(path => [BestFit(path)]);
        Read(path => [path, UntilNull(path)]);
        Read(path => [path.Replace('\\', '/')]); // HTTP.sys takes a backslash for a slash (RFC 3986, 7.3 warns of it)
        Read(path => [path, Segments(path, WithoutParameters)]);
        Read(path => [path, WithoutCookielessSegments(path)]);
        Read(path => [WithoutDots(path), WithoutDots(Segments(path, AsFileName))]);
        Read(path => [path, EmptySegments().Replace(path, "/")]); // the file system takes several slashes for one
        Read(path => ShortName().IsMatch(path) ? [path, "some other file"] : [path]);
        return readings;

        void Read(Func<string, IEnumerable<string>> rule) => readings = readings.SelectMany(rule).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Origin form up to its query; of the absolute form what stands behind the authority (RFC 9112, 3.2). Authority and asterisk form have no path.</summary>
    private static string PathOf(string target)
    {
        var scheme = AbsoluteForm().Match(target);
        var rest = scheme.Success ? target[scheme.Length..] : target;
        var path = rest.Split('?', 2)[0];
        return path.StartsWith('/') || path.StartsWith('\\') ? path : "/" + path;
    }

    /// <summary>A client keeps a fragment to itself (RFC 9110, 7.1); a server that gets one may cut it off or take it for a part of the path.</summary>
    private static string WithoutFragment(string path) => path.Split('#', 2)[0];

    /// <summary>Escapes in UTF-8, which HTTP.sys favours, or in the system's code page, with or without <c>%uXXXX</c> (Microsoft KB 820129: FavorUTF8, EnableNonUTF8,
    /// PercentUAllowed), and UTF-8 as lenient decoders read it (Microsoft MS00-078).</summary>
    private static IEnumerable<string> Decoded(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal)) return [path];
        var bytes = BytesOf(path);
        var wide = PercentU().Replace(path, match => ((char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());
        return [Encoding.UTF8.GetString(bytes), Encoding.Latin1.GetString(bytes), LenientUtf8(bytes), Encoding.UTF8.GetString(BytesOf(wide))];
    }

    private static byte[] BytesOf(string path)
    {
        var bytes = new List<byte>();
        for (var n = 0; n < path.Length; n++)
        {
            if (Escape().Match(path, n) is { Success: true } escape && escape.Index == n)
            {
                bytes.Add(byte.Parse(path.AsSpan(n + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                n += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(path, n, 1));
            }
        }

        return [.. bytes];
    }

    /// <summary>Takes the bits of a sequence whether or not a shorter one would have held them.</summary>
    private static string LenientUtf8(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var n = 0; n < bytes.Length; n++)
        {
            var following = bytes[n] switch { >= 0xc0 and < 0xe0 => 1, >= 0xe0 and < 0xf0 => 2, _ => 0 };
            var value = following switch { 1 => bytes[n] & 0x1f, 2 => bytes[n] & 0x0f, _ => bytes[n] };
            for (; following > 0 && n + 1 < bytes.Length; following--) value = (value << 6) | (bytes[++n] & 0x3f);
            text.Append((char)value);
        }

        return text.ToString();
    }

    /// <summary>Full-width letters become the ordinary ones in the best-fit tables of Windows code pages (Unicode Consortium, WindowsBestFit).</summary>
    private static string BestFit(string path) =>
        string.Create(path.Length, path, static (result, from) =>
        {
            for (var n = 0; n < from.Length; n++) result[n] = from[n] is >= '\uff01' and <= '\uff5e' ? (char)(from[n] - 0xfee0) : from[n] is '\u2215' or '\u2044' ? '/' : from[n];
        });

    /// <summary>Windows functions that take text up to a null.</summary>
    private static string UntilNull(string path) => path.Split('\0', 2)[0];

    /// <summary>Servers that take what follows a semicolon for parameters (RFC 3986, 3.3).</summary>
    private static string WithoutParameters(string segment) => segment.Split(';', 2)[0];

    /// <summary>ASP.NET takes <c>(S(…))</c> and its like out of a path, session or ticket of people without cookies (Microsoft: SessionStateSection.Cookieless; CVE-2023-36899).</summary>
    private static string WithoutCookielessSegments(string path) => Cookieless().Replace(path, "/");

    /// <summary>The file system drops dots and spaces at the end of a name and takes a colon for the beginning of a stream (Microsoft: Naming Files, Paths, and Namespaces).</summary>
    private static string AsFileName(string segment) => segment is "." or ".." ? segment : segment.Split(':', 2)[0].TrimEnd('.', ' ').TrimStart(' ');

    /// <summary>RFC 3986, 5.2.4.</summary>
    private static string WithoutDots(string path)
    {
        var segments = path.Split('/')[1..];
        var walked = new List<string>();
        foreach (var segment in segments)
        {
            if (segment == ".." && walked.Count > 0) walked.RemoveAt(walked.Count - 1);
            else if (segment is not ("." or "..")) walked.Add(segment);
        }

        return "/" + string.Join('/', walked) + (segments[^1] is "." or ".." && walked.Count > 0 ? "/" : "");
    }

    private static string Segments(string path, Func<string, string> read) => string.Join('/', path.Split('/').Select(read));

    [GeneratedRegex("^[a-z][a-z0-9+.-]*://[^/?#]*", RegexOptions.IgnoreCase)]
    private static partial Regex AbsoluteForm();

    [GeneratedRegex("%[0-9a-f]{2}", RegexOptions.IgnoreCase)]
    private static partial Regex Escape();

    [GeneratedRegex("%u([0-9a-f]{4})", RegexOptions.IgnoreCase)]
    private static partial Regex PercentU();

    [GeneratedRegex("/\\(([AFSX]\\([^/]*\\))+\\)(?=/|$)/?", RegexOptions.IgnoreCase)]
    private static partial Regex Cookieless();

    [GeneratedRegex("//+")]
    private static partial Regex EmptySegments();

    /// <summary>The 8.3 name that a file has besides its own (Microsoft: Naming Files, Paths, and Namespaces, short versus long names).</summary>
    [GeneratedRegex("~[0-9]")]
    private static partial Regex ShortName();
}
