using MfaGateway.Configuration;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Sessions;

/// <summary>The session cookie <c>__Host-mfagw</c>: an opaque handle, nothing else.</summary>
internal sealed class SessionCookie(GatewaySettings settings)
{
    internal const string Name = "__Host-mfagw";

    public static SessionHandle? Read(HttpRequest request) => SessionHandle.From(request.Cookies[Name]);

    public void Write(HttpResponse response, SessionHandle handle) => response.Cookies.Append(Name, handle.Reveal(), Shape());

    public void Expire(HttpResponse response) => response.Cookies.Delete(Name, Shape());

    /// <summary>Lax keeps other sites' posts out. Only where Exchange's own sign-on arrives as a post from another site must the cookie travel with it;
    /// the access check then compares the poster with the configured origins.</summary>
    private CookieOptions Shape() => new()
    {
        Path = "/",
        Secure = true,
        HttpOnly = true,
        IsEssential = true,
        SameSite = settings.Current.Exchange.SignOn.PostOrigins.Count > 0 ? SameSiteMode.None : SameSiteMode.Lax,
    };
}
