using System.Buffers;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Exchange;

/// <summary>
/// Where Exchange keeps its own logon, its cookies are somebody's logon, and a browser keeps them when the gateway's session ends. So they belong to the person
/// whose session got them: a mark says whose, and in anybody else's session they are neither sent on nor kept. Otherwise the next person at the same browser would see the mailbox of
/// the one before.
/// </summary>
internal sealed class CookieOwner(SessionCookie cookie)
{
    internal const string Name = SessionCookie.Name + "-owner";

    /// <summary>The session state of the admin center.</summary>
    private const string ServerState = "ASP.NET_SessionId";

    private static readonly string[] _paths = ["/", "/owa", "/ecp"];

    /// <summary>How the names of the cookies of Exchange's own logon begin: forms, AD FS claims, hybrid modern authentication.</summary>
    private static readonly string[] _logons = ["cadata", "TimeWindowSig", "FedAuth", "OpenIdConnect"];

    /// <summary>Every such beginning, to look for in one go: nearly no header has one.</summary>
    private static readonly SearchValues<string> _anywhere = SearchValues.Create([.. _logons, ServerState], StringComparison.OrdinalIgnoreCase);

    /// <summary>Those whose names are known beforehand, with the paths that they are set for: a browser shows only what belongs to the page it asks for.</summary>
    public static readonly IReadOnlyList<(string Name, string[] Paths)> Known =
    [
        ("cadata", ["/"]), ("cadataTTL", ["/"]), ("cadataKey", ["/"]), ("cadataIV", ["/"]), ("cadataSig", ["/"]), ("TimeWindowSig", ["/"]),
        (ServerState, ["/", "/ecp"]), ("FedAuth", _paths), ("FedAuth1", _paths), ("FedAuth2", _paths), ("FedAuth3", _paths), ("FedAuth4", _paths), // a long token takes several
    ];

    /// <summary>A cookie that makes somebody somebody: a logon's, or the session state of the admin center.</summary>
    public static bool IsLogon(ReadOnlySpan<char> name) => IsOwnLogon(name) || name.StartsWith(ServerState, StringComparison.OrdinalIgnoreCase);

    /// <summary>A cookie of a logon that Exchange does itself.</summary>
    public static bool IsOwnLogon(ReadOnlySpan<char> name)
    {
        foreach (var logon in _logons)
        {
            if (name.StartsWith(logon, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Whether the browser's Exchange cookies came to this session's person.</summary>
    public static bool Owns(HttpRequest request, LiveSession? session) => session is not null && SessionCookie.Value(request, Name).SequenceEqual(session.Owner);

    /// <summary>Marks the browser for this session's person when logon cookies come or go that are not his yet, and takes away what another one left there. What
    /// Exchange sets now comes last and wins.</summary>
    public void Claim(HttpContext context, LiveSession session)
    {
        var headers = context.Response.Headers;
        var set = headers.SetCookie;
        if (Owns(context.Request, session)) return; // first, because it is so with nearly every request that has a logon
        var left = LogonsIn(context.Request.Headers.Cookie);
        if (left is null && LogonsIn(set) is null) return;

        headers.SetCookie = StringValues.Empty;
        IEnumerable<(string Name, string[] Paths)> others = [.. left?.Select(name => (name, _paths)) ?? [], .. IsMarked(context.Request) ? Known : []];
        foreach (var (name, path) in others.SelectMany(other => other.Paths, (other, path) => (other.Name, path)).Distinct())
            context.Response.Cookies.Delete(name, new CookieOptions { Path = path, Secure = true });

        context.Response.Cookies.Append(Name, session.Owner, cookie.Shape());
        headers.SetCookie = StringValues.Concat(headers.SetCookie, set);
    }

    /// <summary>Somebody's logon came to this browser; cookies of it may lie at paths that this request does not show.</summary>
    private static bool IsMarked(HttpRequest request) => !SessionCookie.Value(request, Name).IsEmpty;

    /// <summary>Names of the logon cookies in a header; null when there is none.</summary>
    private static List<string>? LogonsIn(StringValues header)
    {
        List<string>? names = null;
        foreach (var line in header)
        {
            if (!line.AsSpan().ContainsAny(_anywhere)) continue;
            foreach (var pair in line.AsSpan().Split(';'))
            {
                if (NameOf(line.AsSpan()[pair]) is var name && IsLogon(name)) (names ??= []).Add(name.ToString());
            }
        }

        return names;
    }

    /// <summary>The name of a cookie in a pair <c>name=value</c>.</summary>
    internal static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> pair) => (pair.IndexOf('=') is var end and >= 0 ? pair[..end] : pair).Trim();

    /// <summary>Its value; empty without a <c>=</c>.</summary>
    internal static ReadOnlySpan<char> ValueOf(ReadOnlySpan<char> pair) => pair.IndexOf('=') is var end and >= 0 ? pair[(end + 1)..].Trim() : default;
}
