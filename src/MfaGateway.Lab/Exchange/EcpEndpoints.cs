using System.Security.Cryptography;

namespace MfaGateway.Lab.Exchange;

/// <summary>The admin center and the users' options. Pages are GET only and services POST only, as on a real server.</summary>
internal static class EcpEndpoints
{
    private const string CanaryName = "msExchEcpCanary";

    private static readonly string[] Get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Post = [HttpMethods.Post];
    private static readonly CookieOptions Readable = new() { Secure = true, Path = "/ecp" };
    private static readonly CookieOptions Hidden = new() { HttpOnly = true, Secure = true, Path = "/ecp" };

    public static void MapEcp(this WebApplication app)
    {
        foreach (var path in (string[])["/ecp", "/ecp/default.aspx", "/ecp/{mailbox:regex(^[^/@]+@[^/@]+$)}"])
            app.MapMethods(path, Get, (HttpContext context, ServerIdentity server) => WithCookies(context, ExchangePages.Admin(server, ReceivedRequest.Of(context).User)));
        app.MapMethods("/ecp/PersonalSettings/{page:regex(^\\w+\\.aspx$)}", Get, (HttpContext context, ServerIdentity server) =>
            WithCookies(context, ExchangePages.Options(server, ReceivedRequest.Of(context).User)));
        app.MapMethods("/ecp/{folder}/{page:regex(^\\w+\\.aspx$)}", Get, (string folder, string page) => ExchangePages.Small($"{folder}/{page}", "Simulated."));
        app.MapMethods("/ecp/{page:regex(^(TimeoutLogout|About|error|logoff)\\.aspx$)}", Get, (string page) => ExchangePages.Small(page, "Simulated."));
        app.MapMethods("/ecp/{folder}/{service:regex(^\\w+\\.svc$)}/{operation}", Post, Serve);
        app.MapMethods("/ecp/ping.ecp", Get, () => Results.Ok());
        app.MapMethods("/ecp/{build:regex(^[0-9.]+$)}/scripts/{**file}", Get, () => Results.Text("/* simulated script */", "application/javascript"));
        app.MapMethods("/ecp/{build:regex(^[0-9.]+$)}/themes/{**file}", Get, ExchangePages.Style);
    }

    private static IResult WithCookies(HttpContext context, IResult page)
    {
        var cookies = context.Response.Cookies;
        if (!context.Request.Cookies.ContainsKey(CanaryName)) cookies.Append(CanaryName, RandomNumberGenerator.GetHexString(48, true), Readable);
        cookies.Append("ASP.NET_SessionId", RandomNumberGenerator.GetHexString(24, true), Hidden);
        context.Response.Headers.CacheControl = "no-cache, no-store";
        return page;
    }

    private static IResult Serve(HttpContext context, ServerIdentity server, string service, string operation, string? schema)
    {
        var cookie = context.Request.Cookies[CanaryName];
        if (cookie is not { Length: > 0 } || context.Request.Query[CanaryName] != cookie) return Results.StatusCode(StatusCodes.Status403Forbidden);
        return Results.Json(new
        {
            server = server.Number,
            service,
            operation,
            schema,
            rows = (string[])["alice@contoso.test", "bob@contoso.test", "admin@contoso.test"],
        });
    }
}
