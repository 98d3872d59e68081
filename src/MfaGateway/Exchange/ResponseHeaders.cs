using System.Collections.Frozen;
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
    public static void Copy(HttpResponseMessage from, HttpResponse to, bool exchangeKeepsLogon)
    {
        foreach (var header in from.Headers.NonValidated)
        {
            if (_stripped.Contains(header.Key)) to.Headers.Remove(header.Key);
        }

        if (to.Headers.SetCookie.Count > 0) to.Headers.SetCookie = Cookies(to.Headers.SetCookie, exchangeKeepsLogon);
        if (to.Headers.CacheControl.ToString().Contains("public", StringComparison.OrdinalIgnoreCase))
            to.Headers.CacheControl = to.Headers.CacheControl.ToString().Replace("public", "private", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Secure, for this host only, and never one of the gateway's. HttpOnly only where no script of Exchange looks: OWA's reads the canary and more.</summary>
    private static StringValues Cookies(StringValues cookies, bool exchangeKeepsLogon) => cookies
        .Where(cookie => cookie is not null && MayPass(cookie.Split('=', 2)[0].Trim(), exchangeKeepsLogon))
        .Select(cookie =>
        {
            var parts = cookie!.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(part => !part.StartsWith("domain=", StringComparison.OrdinalIgnoreCase)).ToList();
            if (!parts.Contains("secure", StringComparer.OrdinalIgnoreCase)) parts.Add("Secure");
            if (IsForServersOnly(parts[0].Split('=', 2)[0].Trim()) && !parts.Contains("httponly", StringComparer.OrdinalIgnoreCase)) parts.Add("HttpOnly");
            return string.Join("; ", parts);
        }).ToArray();

    /// <summary>A logon, or which server has the mailbox.</summary>
    private static bool IsForServersOnly(string name) => CookieOwner.IsLogon(name) || name.Equals("X-BackEndCookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>A cookie without a name comes back as its bare value, which could spell one of ours (RFC 6265bis, 5.7).</summary>
    private static bool MayPass(string name, bool exchangeKeepsLogon) =>
        name.Length > 0 && !RequestHeaders.IsOurs(name) && (exchangeKeepsLogon || !CookieOwner.IsOwnLogon(name));
}
