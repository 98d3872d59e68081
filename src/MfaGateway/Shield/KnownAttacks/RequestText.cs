using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>
/// A request as it is written down: <c>POST /owa/service.svc?action=FindItem</c>, and headers on lines of their own below. The verb may be missing (GET), the version too;
/// what stands behind an empty line is not read.
/// </summary>
internal sealed record RequestText(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out RequestText? request)
    {
        request = null;
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var words = lines[0].Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [.., var version] && version.StartsWith("HTTP/", StringComparison.OrdinalIgnoreCase)) words = words[..^1];
        if (words.Length is 0 or > 2 || !words[^1].StartsWith('/')) return false;

        var headers = new List<(string, string)>();
        foreach (var line in lines.Skip(1).TakeWhile(line => line.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) return false;
            headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }

        request = new RequestText(words.Length == 2 ? words[0].ToUpperInvariant() : "GET", words[^1], headers);
        return true;
    }

    /// <summary>The same as a request of the framework, so that nothing else is tested than what is done.</summary>
    public HttpRequest ToRequest()
    {
        var request = new DefaultHttpContext().Request;
        request.Method = Method;
        foreach (var (name, value) in Headers) request.Headers.Append(name, value);
        return request;
    }
}
