using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Shield;

/// <summary>
/// Where the body of a request ends. Two answers to that are request smuggling: whoever stands before the gateway takes one for the end, the gateway the other,
/// and what lies between becomes somebody else's request. Kestrel refuses what it cannot read; this refuses what it reads by preferring one of two answers.
/// </summary>
internal static class Framing
{
    /// <summary>Where Kestrel keeps a Content-Length that it ignores for a Transfer-Encoding.</summary>
    private const string IgnoredLength = "X-Content-Length";

    /// <summary>Fields of one HTTP/1.1 connection, which make a message of HTTP/2 malformed (RFC 9113, 8.2.2).</summary>
    private static readonly string[] _ofConnections = ["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade"];

    /// <summary>What a field name is made of (RFC 9110, 5.6.2).</summary>
    private static readonly SearchValues<char> _token = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <summary>What no field value has: every control character but the tab (RFC 9110, 5.5).</summary>
    private static readonly SearchValues<char> _control =
        SearchValues.Create(string.Concat(Enumerable.Range(0, 0x20).Where(c => c != '\t').Append(0x7f).Select(c => (char)c)));

    public static bool IsUnambiguous(HttpRequest request)
    {
        var headers = request.Headers;
        if (!IsHttp1(request.Protocol)) return !Array.Exists(_ofConnections, headers.ContainsKey);

        var coding = headers.TransferEncoding;
        var announced = coding.Count > 0 || request.ContentLength > 0;
        if (announced && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))) return false; // no browser sends one (RFC 9110, 9.3.1)
        if (coding.Count == 0) return true;
        return HttpProtocol.IsHttp11(request.Protocol) // HTTP/1.0 has no codings (RFC 9112, 6.1)
            && coding is [{ } only] && only.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            && headers.ContentLength is null && !headers.ContainsKey(IgnoredLength);
    }

    /// <summary>Whether each field is one line and stays one: names and values of HTTP/2 are any bytes, and Kestrel lets names through that hold a whole field.</summary>
    public static bool HasSoundFields(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(_token)) return false;
            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny(_control)) return false;
            }
        }

        return true;
    }

    /// <summary>Whether another message may follow a refused one on its connection. A malformed request must have ended for sure; any other only as all must, which nobody may have looked at
    /// before it was one too many.</summary>
    public static bool MayGoOn(HttpRequest request, int status) =>
        !IsHttp1(request.Protocol) || (status == StatusCodes.Status400BadRequest ? EndsForSure(request) : IsUnambiguous(request) && HasSoundFields(request.Headers));

    /// <summary>Whether nobody can see another end of this request than the gateway: it has no body, and no field that is broken or announces one.</summary>
    private static bool EndsForSure(HttpRequest request)
    {
        var headers = request.Headers;
        return headers.ContentLength is null && headers.TransferEncoding.Count == 0 && headers.Upgrade.Count == 0 && !headers.ContainsKey(IgnoredLength) && HasSoundFields(headers);
    }

    /// <summary>Whether a connection carries one message after the other, so that the end of one is the beginning of the next.</summary>
    public static bool IsHttp1(string protocol) => HttpProtocol.IsHttp11(protocol) || HttpProtocol.IsHttp10(protocol);
}
