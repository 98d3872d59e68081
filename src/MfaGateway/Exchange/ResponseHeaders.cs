using System.Collections.Frozen;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Exchange;

/// <summary>What of Exchange's answer a browser gets: no server names, no versions, no invitation to log on past the gateway, cookies only for this host.</summary>
internal static class ResponseHeaders
{
    private static readonly FrozenSet<string> _stripped = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "X-FEServer", "X-BEServer", "X-DiagInfo", "X-CalculatedBETarget", "X-CalculatedFETarget", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Powered-By", "Server",
        "X-UA-Compatible", "X-FailureContext", "WWW-Authenticate", "Proxy-Authenticate", "Persistent-Auth", "Authentication-Info", "X-BackEndHttpStatus",
        "X-FEProxyInfo", "X-FEEFZInfo", "X-TargetBEServer", "Alt-Svc", "Strict-Transport-Security", "Proxy-Connection");

    /// <param name="from">Exchange's answer.</param>
    /// <param name="to">The answer with Exchange's headers.</param>
    /// <param name="exchangeKeepsLogon">Whether Exchange does its own logon; otherwise it has no business setting cookies for one, which would hold the password.</param>
    /// <param name="routes">Protects <c>X-BackEndCookie</c>.</param>
    /// <param name="session">Who is answered; null for a stranger at a published calendar.</param>
    public static void Copy(HttpResponseMessage from, HttpResponse to, bool exchangeKeepsLogon, MailboxRoute routes, LiveSession? session)
    {
        foreach (var header in from.Headers.NonValidated)
        {
            if (_stripped.Contains(header.Key)) to.Headers.Remove(header.Key);
        }

        if (to.Headers.SetCookie.Count > 0) to.Headers.SetCookie = Cookies(to.Headers.SetCookie, exchangeKeepsLogon, routes, session);
        if (to.Headers.CacheControl.ToString().Contains("public", StringComparison.OrdinalIgnoreCase))
            to.Headers.CacheControl = to.Headers.CacheControl.ToString().Replace("public", "private", StringComparison.OrdinalIgnoreCase);
    }

    private static StringValues Cookies(StringValues cookies, bool exchangeKeepsLogon, MailboxRoute routes, LiveSession? session) =>
        cookies.Select(cookie => Cookie(cookie!, exchangeKeepsLogon, routes, session)).OfType<string>().ToArray();

    /// <summary>Secure, for this host only, and never one of the gateway's. HttpOnly only where no script of Exchange looks: OWA's reads the canary and more. Null for what stays here.</summary>
    private static string? Cookie(string cookie, bool exchangeKeepsLogon, MailboxRoute routes, LiveSession? session)
    {
        var parts = cookie.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where((part, n) => n == 0 || !part.StartsWith("domain=", StringComparison.OrdinalIgnoreCase)).ToList();
        if (parts is not [var pair, ..] || CookieOwner.NameOf(pair).ToString() is var name && !MayPass(name, exchangeKeepsLogon)) return null;
        if (MailboxRoute.Is(name))
        {
            if (session is null) return null;
            parts[0] = $"{name}={routes.Protect(CookieOwner.ValueOf(pair), session)}"; // an empty value stays one, with its date in the past
        }

        if (!parts.Contains("secure", StringComparer.OrdinalIgnoreCase)) parts.Add("Secure");
        if (IsForServersOnly(name) && !parts.Contains("httponly", StringComparer.OrdinalIgnoreCase)) parts.Add("HttpOnly");
        return string.Join("; ", parts);
    }

    /// <summary>A logon, or which server has the mailbox.</summary>
    private static bool IsForServersOnly(string name) => CookieOwner.IsLogon(name) || MailboxRoute.Is(name);

    /// <summary>A cookie without a name comes back as its bare value, which could spell one of ours (RFC 6265bis, 5.7).</summary>
    private static bool MayPass(string name, bool exchangeKeepsLogon) =>
        name.Length > 0 && !RequestHeaders.IsOurs(name) && (exchangeKeepsLogon || !CookieOwner.IsOwnLogon(name));
}
