using MfaGateway.Configuration;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Sessions;

/// <summary>The session cookie <c>__Host-mfagw</c>: an opaque handle, nothing else.</summary>
internal sealed class SessionCookie(GatewaySettings settings)
{
    internal const string Name = "__Host-mfagw";

    /// <summary>
    /// By the exact name, which only this host can set (RFC 6265bis, 4.1.3.2). The framework's collection takes names of other letters for the same, and those a sibling host can plant.
    /// A browser never sends the name twice; whoever does is nobody.
    /// </summary>
    public static SessionHandle? Read(HttpRequest request) => SessionHandle.From(Value(request, Name));

    /// <summary>The key of the handle that a request brings; null for none.</summary>
    public static SessionKey? ReadKey(HttpContext context) =>
        context.Features[typeof(LastHandle)] is LastHandle last ? last.KeyOf(Value(context.Request, Name)) : Read(context.Request)?.Key();

    /// <summary>The value of a cookie of exactly this name; empty when there is none or more than one.</summary>
    public static ReadOnlySpan<char> Value(HttpRequest request, string name)
    {
        var found = false;
        ReadOnlySpan<char> value = [];
        foreach (var line in request.Headers.Cookie)
        {
            for (var rest = line.AsSpan(); rest.IndexOf(name) is >= 0 and var at; rest = rest[(at + name.Length)..])
            {
                if (!rest[(at + name.Length)..].StartsWith('=') || !BeginsPair(line.AsSpan(0, line!.Length - rest.Length + at))) continue;
                if (found) return [];
                found = true;
                value = rest[(at + name.Length + 1)..];
                if (value.IndexOf(';') is >= 0 and var end) value = value[..end];
                value = value.TrimEnd();
            }
        }

        return value;
    }

    /// <summary>Whether a name behind this is that of a cookie, and not part of another's name or value.</summary>
    private static bool BeginsPair(ReadOnlySpan<char> before) => before.TrimEnd() is [] or [.., ';'];

    public void Write(HttpResponse response, SessionHandle handle) => response.Cookies.Append(Name, handle.Reveal(), Shape());

    public void Expire(HttpResponse response) => response.Cookies.Delete(Name, Shape());

    /// <summary>Lax keeps other sites' posts out. Only where Exchange's own sign-on arrives as a post from another site must the cookie travel with it;
    /// the access check then compares the poster with the configured origins.</summary>
    public CookieOptions Shape() => new()
    {
        Path = "/",
        Secure = true,
        HttpOnly = true,
        IsEssential = true,
        SameSite = settings.Current.Exchange.SignOn.PostOrigins.Count > 0 ? SameSiteMode.None : SameSiteMode.Lax,
    };
}
