using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using MfaGateway.Configuration;
using MfaGateway.Sessions;
using MfaGateway.SignOn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Exchange;

/// <summary>
/// Which headers of a browser reach Exchange: an allow-list, because the list of names that give Exchange or IIS an identity, another path or another
/// address is open (<c>X-CommonAccessToken</c>, <c>msExch…</c>, <c>X-Rewrite-URL</c>, …), and IIS takes <c>_</c> and <c>.</c> for <c>-</c> in names.
/// </summary>
internal static class RequestHeaders
{
    private static readonly FrozenSet<string> _passed = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition", "Content-Range",
        "DNT", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Origin", "Pragma", "Range", "Referer", "User-Agent",
        "Upgrade-Insecure-Requests", "Action", "client-request-id", "return-client-request-id", "X-Requested-With", "X-MicrosoftAjax", "X-AnchorMailbox", "X-Prefer");

    private static readonly string[] _passedPrefixes = ["X-OWA-", "Sec-Fetch-", "sec-ch-", "Accept-CH"];

    private static readonly SearchValues<char> _notInMailbox = SearchValues.Create("/\\?#% ;,\"<>");

    /// <summary>Cookies that never go to Exchange: routing overrides and the affinity cookies of other products.</summary>
    private static readonly FrozenSet<string> _dropped = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "X-BackEndOverrideCookie", "exchangecookie", "UserContext");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _droppedByText = _dropped.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What no setting may let through, and beginnings of such names: what Exchange, IIS, AD FS and other proxies take an identity, an address or
    /// another path from, what frames a message, and what is made here.</summary>
    private static readonly FrozenSet<string> _never = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Authorization", "Cookie", "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Forwarded", "X-IsFromCafe",
        "Remote-User", "Remote-Addr", "X-Real-IP", "True-Client-IP", "X-User", "X-Method-Override", "X-Host", "X-Content-Length", "X-LogonType");

    private static readonly string[] _neverBeginning =
    [
        "Proxy-", "X-Forwarded-", "X-Original-", "X-Rewrite-", "X-HTTP-Method", "X-Common", "X-Source", "X-Target", "X-WLID", "X-vDir", "X-MS-", "X-BE", "X-FE",
        "X-BackEnd", "X-Calculated", "X-Rps-", "msExch", "X-Remote-", "X-Auth-", "X-Client-", "X-Cluster-Client-", "X-Azure-", "X-ProxyUser-", "X-Originating-", "X-SSL-", "SSL-", "CF-",
        "Fastly-",
    ];

    /// <summary>IIS takes <c>_</c> and <c>.</c> for <c>-</c>.</summary>
    public static bool IsDangerous(string name)
    {
        var plain = name.Replace('_', '-').Replace('.', '-');
        return _never.Contains(plain) || Array.Exists(_neverBeginning, beginning => plain.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a header of this name reaches Exchange with some value.</summary>
    public static bool MayPass(string name, GatewayOptions options) => Passes(name, "someone@contoso.com", options);

    /// <param name="from">The browser's.</param>
    /// <param name="to">Exchange's, without a header yet.</param>
    /// <param name="options">In force.</param>
    /// <param name="routes">Opens what the browser keeps of <c>X-BackEndCookie</c>.</param>
    /// <param name="session">Who is signed in; null for a stranger at a published calendar.</param>
    /// <param name="withLogon">The browser's Exchange cookies are his.</param>
    public static void Copy(HttpRequest from, HttpRequestMessage to, GatewayOptions options, MailboxRoute routes, LiveSession? session, bool withLogon)
    {
        foreach (var (name, values) in from.Headers)
        {
            if (Passes(name, values, options)) Add(to, name, values);
        }

        if (CookiesOf(from, routes, session, withLogon, PassThroughSignOn.Serves(options.Exchange.SignOn)) is { Length: > 0 } cookies) to.Headers.TryAddWithoutValidation("Cookie", cookies);
    }

    private static string CookiesOf(HttpRequest from, MailboxRoute routes, LiveSession? session, bool withLogon, bool exchangeKeepsLogon)
    {
        var header = from.Headers.Cookie;
        if (header is not [{ } line] || from.HttpContext.Features[typeof(LastCookies)] is not LastCookies last) return Cookies(header, routes, session, withLogon, exchangeKeepsLogon);
        var under = new LastCookies.Circumstances(session is not null, withLogon, exchangeKeepsLogon);
        if (last.Find(line, under) is { } known) return known;
        var cookies = Cookies(header, routes, session, withLogon, exchangeKeepsLogon);
        last.Keep(line, under, cookies);
        return cookies;
    }

    private static bool Passes(string name, StringValues values, GatewayOptions options)
    {
        if (name.Equals("X-AnchorMailbox", StringComparison.OrdinalIgnoreCase) || name.Equals("X-OWA-ExplicitLogonUser", StringComparison.OrdinalIgnoreCase))
            return values is [{ } mailbox] && IsMailbox(mailbox);
        if (_passed.Contains(name)) return true;
        foreach (var prefix in _passedPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && !name.AsSpan().ContainsAny('_', '.')) return true;
        }

        return options.Exchange.AllowedRequestHeaders is { Count: > 0 } allowed && allowed.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>One plain SMTP address; with a slash it was the path of another application (CVE-2022-41080).</summary>
    private static bool IsMailbox(string value)
    {
        var at = value.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < value.Length - 1 && value.LastIndexOf('@') == at && !value.AsSpan().ContainsAny(_notInMailbox) && !value.Any(char.IsControl);
    }

    private static void Add(HttpRequestMessage to, string name, StringValues values)
    {
        if (values is [var value]) // nearly always, and the collection would have to be boxed
        {
            if (!to.Headers.TryAddWithoutValidation(name, value)) to.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        else if (!to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    /// <summary>Everything but the gateway's own cookies, those that a browser has no business sending, another person's logon, and a route that Exchange did not give to this person.</summary>
    private static string Cookies(StringValues header, MailboxRoute routes, LiveSession? session, bool withLogon, bool exchangeKeepsLogon)
    {
        var kept = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[1024]); // grows when it must
        var (any, routesSeen) = (false, 0);
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(';'))
            {
                var pair = line.AsSpan()[range].Trim();
                var name = CookieOwner.NameOf(pair);
                if (pair.IsEmpty || !MayPass(name, withLogon, exchangeKeepsLogon) || HidesAnother(pair, withLogon, exchangeKeepsLogon)) continue;
                string? route = null;
                if (MailboxRoute.Is(name) && (session is null || ++routesSeen > MailboxRoute.Most || (route = routes.Open(CookieOwner.ValueOf(pair), session)) is null)) continue;

                if (any) kept.AppendLiteral("; ");
                kept.AppendFormatted(route is null ? pair : name);
                if (route is not null)
                {
                    kept.AppendLiteral("=");
                    kept.AppendLiteral(route);
                }

                any = true;
            }
        }

        return kept.ToStringAndClear();
    }

    /// <summary>Whether somebody who divides at commas too, as old readers of cookies do (RFC 2109, 4.3.4), would find one in it that may not pass.</summary>
    private static bool HidesAnother(ReadOnlySpan<char> pair, bool withLogon, bool exchangeKeepsLogon)
    {
        if (!pair.Contains(',')) return false;
        foreach (var range in pair.Split(','))
        {
            var name = CookieOwner.NameOf(pair[range]);
            if (MailboxRoute.Is(name) || !MayPass(name, withLogon, exchangeKeepsLogon)) return true; // a route that is protected has no comma
        }

        return false;
    }

    private static bool MayPass(ReadOnlySpan<char> cookie, bool withLogon, bool exchangeKeepsLogon) =>
        !IsOurs(cookie) && !_droppedByText.Contains(cookie)
        && (withLogon || !CookieOwner.IsLogon(cookie))
        && (exchangeKeepsLogon || !CookieOwner.IsOwnLogon(cookie));

    internal static bool IsOurs(ReadOnlySpan<char> cookie) =>
        cookie.StartsWith("__Host-mfagw", StringComparison.OrdinalIgnoreCase) || cookie.StartsWith("__Secure-mfagw", StringComparison.OrdinalIgnoreCase);
}
