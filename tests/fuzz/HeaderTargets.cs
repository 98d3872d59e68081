using System.Text.RegularExpressions;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MfaGateway.Fuzz;

/// <summary>No header gives Exchange an identity, an address or a path; and a cookie is a session by its exact name only.</summary>
internal static partial class HeaderTargets
{
    private const string Handle = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static readonly string[] Words =
    [
        "Accept", "Cookie", "Host", "Connection", "X-Forwarded-For", "X_Forwarded_For", "X.Forwarded.Host", "X-CommonAccessToken", "msExchProxyUri", "X-Original-URL", "X-Rewrite-URL",
        "X-AnchorMailbox", "X-OWA-ExplicitLogonUser", "X-OWA-CANARY", "X-OWA-_Test", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Origin", "Authorization", "Negotiate",
        "Transfer-Encoding", "Content-Length", "chunked", "Upgrade", "websocket", "Trailer", "TE", "X-IsFromCafe", "X-BEResource", "X-MS-Edge-IP", "X-Prefer", "Forwarded", "navigate",
        "document", "same-origin", "cross-site", "null", "https://mail.contoso.com", "alice@contoso.com", "a@b@c", "/powershell", ":", ": ", "\n", ";", "; ", ",", "=", "\"", " ", "\t",
        "__Host-mfagw", "__host-mfagw", "__Secure-mfagw-login.x", "__Host-mfagw-owner", "cadata", "X-OWA-CANARY=", "UserContext", "exchangecookie", "X-BackEndOverrideCookie", "X-BackEndCookie", "X-BackEndCookie=CfDJ8AAA",
        "ASP.NET_SessionId", "FedAuth", "TimeWindowSig", "OpenIdConnect.nonce", Handle, $"__Host-mfagw={Handle}", "a=b", "_", "-", ".", "é",
    ];

    private static readonly GatewayOptions Options = new();
    private static readonly MailboxRoute Routes = new(new EphemeralDataProtectionProvider());
    private static readonly LiveSession Person = new(
        SessionHandle.Create().Key(), new GatewaySession { User = "alice@contoso.com", Subject = "alice", Provider = "adfs", CreatedAt = default }, default, default, DateTimeOffset.MaxValue, default);

    public static FuzzTarget Headers() => new("headers", Words, generate: null, TryHeaders) { Share = 2 };

    public static FuzzTarget Cookie() => new("cookie", Words, generate: null, TryCookie) { Share = 2 };

    private static FuzzFindings TryHeaders(string input)
    {
        var context = new DefaultHttpContext();
        foreach (var line in input.Split('\n').Take(100))
        {
            // the server in front refuses what is no header: names that are no token, control characters
            if (line.Split(':', 2) is [var name, var value] && Token().IsMatch(name) && !value.Any(char.IsControl))
                context.Request.Headers.Append(name, value.Trim(' '));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "https://ex1.contoso.test/owa/") { Content = new ByteArrayContent([]) };
        request.Content.Headers.Clear();
        RequestHeaders.Copy(context.Request, request, Options, Routes, Person, withLogon: false);

        var sent = request.Headers.NonValidated.Concat(request.Content.Headers.NonValidated).ToList();
        foreach (var (name, values) in sent)
        {
            FuzzFailure.Unless(name == "Cookie" || !RequestHeaders.IsDangerous(name), $"{name} does not travel");
            FuzzFailure.Unless(!name.AsSpan().ContainsAny('_', '.'), $"{name} is another name to IIS");
            FuzzFailure.Unless(name is not ("X-AnchorMailbox" or "X-OWA-ExplicitLogonUser") || Mailbox().IsMatch(values.Single()), "a mailbox is one plain address");
            FuzzFailure.Unless(name != "Cookie" || !values.ToString().Split(';').Any(pair => pair.Trim().StartsWith("__Host-mfagw=", StringComparison.OrdinalIgnoreCase)), "the session does not travel");
        }

        var shape = $"{RequestShape.IsNavigation(context.Request, "/owa/")} {RequestShape.IsFromElsewhere(context.Request, "https://mail.contoso.com")}";
        return new FuzzFindings(sent.Count == context.Request.Headers.Count, [shape, .. sent.Select(header => header.Key)]);
    }

    private static FuzzFindings TryCookie(string input)
    {
        var lines = input.Split('\n').Where(line => !line.Any(char.IsControl)).Take(20).ToArray();
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = new StringValues(lines);

        var handle = SessionCookie.Read(context.Request);
        var named = Session().Matches(string.Join(';', lines)).Select(match => match.Groups[1].Value.TrimEnd()).ToList();
        FuzzFailure.Unless(handle is null || (named.Count == 1 && named[0] == handle.Value.Reveal()), "a session is the one cookie of exactly that name");
        FuzzFailure.Unless(handle is not null || named.Count != 1 || !HandleShape().IsMatch(named[0]), "the one cookie of that name is read");
        FuzzFailure.Unless(handle is null || handle.ToString() == "***", "a handle does not print");
        foreach (var (withSession, withLogon) in new[] { (true, true), (true, false), (false, false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://ex1.contoso.test/owa/");
            RequestHeaders.Copy(context.Request, request, Options, Routes, withSession ? Person : null, withLogon);
            var sent = request.Headers.NonValidated.TryGetValues("Cookie", out var values) ? values.ToString() : "";
            var names = sent.Split(';').Select(pair => pair.Split('=')[0].Trim()).ToList();
            FuzzFailure.Unless(!names.Any(name => RequestHeaders.IsOurs(name)), "the gateway's cookies stay here");
            FuzzFailure.Unless(!names.Contains("X-BackEndCookie", StringComparer.OrdinalIgnoreCase), "nobody chooses a server");
            FuzzFailure.Unless(withLogon || !names.Any(name => CookieOwner.IsLogon(name)), "another person's logon stays here");
        }

        return new FuzzFindings(handle is not null, [$"{named.Count} {lines.Length}", .. lines.SelectMany(line => line.Split(';')).Select(pair => pair.Split('=')[0].Trim()).Where(Words.Contains)]);
    }

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
    private static partial Regex Token();

    [GeneratedRegex("^[^@/\\\\?#% ;,\"<>]+@[^@/\\\\?#% ;,\"<>]+$")]
    private static partial Regex Mailbox();

    [GeneratedRegex("(?:^|;)\\s*__Host-mfagw=([^;]*)")]
    private static partial Regex Session();

    [GeneratedRegex("^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    private static partial Regex HandleShape();
}
