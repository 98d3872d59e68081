using System.Buffers;

namespace MfaGateway.Exchange;

/// <summary>
/// Where a <c>Location</c> leads, read so that every browser reads the same. Browsers drop tabs, take a backslash for a slash and mend what is broken (WHATWG URL
/// Standard, 4.4), where a strict parser sees a harmless path or nothing at all.
/// </summary>
internal static class RedirectTarget
{
    private static readonly SearchValues<char> _authority = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.:[]");

    /// <param name="location">The header as it stands.</param>
    /// <param name="target">The http or https address it names; null when it stays on the origin of the request.</param>
    /// <returns>False when it is neither.</returns>
    public static bool TryRead(string location, out Uri? target)
    {
        target = null;
        if (location.Any(char.IsControl) || location.Contains('\\', StringComparison.Ordinal) || location.StartsWith("//", StringComparison.Ordinal)) return false;
        var end = location.AsSpan().IndexOfAny(":/?#");
        if (end < 0 || location[end] != ':') return true;

        var rest = location.AsSpan(end + 1);
        if (!rest.StartsWith("//", StringComparison.Ordinal)) return false;
        var length = rest[2..].IndexOfAny("/?#");
        var authority = length < 0 ? rest[2..] : rest.Slice(2, length);
        return !authority.IsEmpty && !authority.ContainsAnyExcept(_authority)
            && Uri.TryCreate(location, UriKind.Absolute, out target) && (target.Scheme == Uri.UriSchemeHttps || target.Scheme == Uri.UriSchemeHttp);
    }
}
