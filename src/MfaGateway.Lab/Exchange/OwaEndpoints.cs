using System.Globalization;
using System.Security.Cryptography;

namespace MfaGateway.Lab.Exchange;

/// <summary>Outlook on the web: paths and verbs as the handlers of a real server have them; ASP.NET answers other verbs 405.</summary>
internal static class OwaEndpoints
{
    private const string CanaryName = "X-OWA-CANARY";

    /// <summary>What OWA's own clients treat as "get a new canary".</summary>
    private const int RetryWith = 449;

    private static readonly string[] Get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] GetPost = [HttpMethods.Get, HttpMethods.Post];
    private static readonly string[] Post = [HttpMethods.Post];
    private static readonly CookieOptions Hidden = new() { HttpOnly = true, Secure = true, Path = "/owa" };
    private static readonly CookieOptions Readable = new() { Secure = true, Path = "/" };

    public static void MapOwa(this WebApplication app)
    {
        MapPages(app);
        MapServices(app);
        app.MapMethods("/owa/auth/logon.aspx", Get, FormsLogon.LogonPage);
        app.MapMethods("/owa/auth.owa", Post, (Delegate)FormsLogon.LogOnAsync);
        app.MapMethods("/owa/logoff.owa", GetPost, FormsLogon.LogOff);
        app.MapMethods("/owa/auth/signout.aspx", Get, () => ExchangePages.Small("Signed out", "Close all browser windows to finish signing out."));
        app.MapMethods("/owa/auth/errorFE.aspx", Get, (string? httpCode) => ExchangePages.Small("Something went wrong", $"HTTP {httpCode}"));
    }

    private static void MapPages(WebApplication app)
    {
        foreach (var path in (string[])["/owa", "/owa/default.aspx", "/owa/{mailbox:regex(^[^/@]+@[^/@]+$)}"]) app.MapMethods(path, Get, ShowMail);
        foreach (var page in (string[])["projection.aspx", "readingPane.aspx", "popout.aspx", "languageselection.aspx"])
            app.MapMethods($"/owa/{page}", GetPost, (ServerIdentity server) => ExchangePages.Small(page, server.Name));
        app.MapMethods("/owa/lang.owa", Post, () => Results.Redirect("/owa/"));
        app.MapMethods("/owa/calendar/{**rest}", Get, () => ExchangePages.Small("Published calendar", "Free until Friday."));
        app.MapMethods("/owa/prem/{build}/{**file}", Get, Static);
    }

    private static void MapServices(WebApplication app)
    {
        app.MapMethods("/owa/service.svc", GetPost, Service);
        app.MapMethods("/owa/service.svc/s/{action}", Get, Download);
        app.MapMethods("/owa/attachment.ashx", Get, (HttpContext context) => Download(context));
        app.MapMethods("/owa/ev.owa2", GetPost, NotifyAsync);
        foreach (var path in (string[])["sessiondata.ashx", "preloadsessiondata.ashx"]) app.MapMethods($"/owa/{path}", Post, Echo);
        foreach (var path in (string[])["userbootsettings.ashx", "plt1.ashx", "ping.owa", "keepalive.owa"]) app.MapMethods($"/owa/{path}", GetPost, Echo);
    }

    private static IResult ShowMail(HttpContext context, ServerIdentity server)
    {
        var cookies = context.Response.Cookies;
        if (!context.Request.Cookies.ContainsKey(CanaryName)) GiveCanary(context);
        if (!context.Request.Cookies.ContainsKey("ClientId")) cookies.Append("ClientId", RandomNumberGenerator.GetHexString(20), Readable);
        cookies.Append("UC", RandomNumberGenerator.GetHexString(32, true), Hidden);
        cookies.Append("X-BackEndCookie", $"lab={server.Number}", Hidden);
        context.Response.Headers.CacheControl = "no-cache, no-store";
        return ExchangePages.Mail(server, ReceivedRequest.Of(context).User);
    }

    private static IResult Service(HttpContext context, ServerIdentity server, string? action)
    {
        if (!HasCanary(context)) return AskForCanary(context);
        return Results.Json(new
        {
            server = server.Number,
            action,
            user = ReceivedRequest.Of(context).User,
            bytes = ReceivedRequest.Of(context).Bytes,
            sha256 = ReceivedRequest.Of(context).Sha256,
            items = action is "FindItem"
                ? Enumerable.Range(1, 5).Select(n => new { subject = $"Message {n} from {server.Name}", from = $"sender{n}@contoso.test" })
                : [],
        });
    }

    private static IResult Echo(HttpContext context, ServerIdentity server) =>
        Results.Json(new { server = server.Number, path = context.Request.Path.Value, bytes = ReceivedRequest.Of(context).Bytes, sha256 = ReceivedRequest.Of(context).Sha256 });

    private static Task NotifyAsync(HttpContext context, NotificationChannel channel, string? ev)
    {
        if (!HasCanary(context)) return AskForCanary(context).ExecuteAsync(context);
        return HttpMethods.IsGet(context.Request.Method) && ev is not "FinishNotificationRequest"
            ? channel.StreamAsync(context)
            : NotificationChannel.Open().ExecuteAsync(context);
    }

    /// <summary>An attachment of <c>size</c> bytes, byte n being n modulo 251, sent as it is made.</summary>
    private static IResult Download(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/owa/service.svc", StringComparison.OrdinalIgnoreCase) && !HasCanary(context)) return AskForCanary(context);
        var asked = context.Request.Query["size"].ToString();
        if (!long.TryParse(asked.Length == 0 ? "1024" : asked, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return Results.BadRequest();
        context.Response.ContentLength = size;
        if (HttpMethods.IsHead(context.Request.Method)) return Results.Ok();
        return Results.Stream(body => WritePatternAsync(body, size, context.RequestAborted), "application/octet-stream", "attachment.bin");
    }

    private static async Task WritePatternAsync(Stream body, long size, CancellationToken cancellationToken)
    {
        var pattern = new byte[251 * 256];
        for (var i = 0; i < pattern.Length; i++) pattern[i] = (byte)(i % 251);
        for (var left = size; left > 0; left -= pattern.Length)
            await body.WriteAsync(pattern.AsMemory(0, (int)Math.Min(left, pattern.Length)), cancellationToken);
    }

    /// <summary>Static content is cacheable for 30 days, as the front end sends it.</summary>
    private static IResult Static(HttpContext context, string file)
    {
        context.Response.Headers.CacheControl = "public, max-age=2592000";
        return file.EndsWith(".css", StringComparison.OrdinalIgnoreCase) ? ExchangePages.Style()
            : file.EndsWith(".js", StringComparison.OrdinalIgnoreCase) ? Results.Text("/* simulated script */", "application/javascript")
            : Results.NotFound();
    }

    private static bool HasCanary(HttpContext context)
    {
        var request = context.Request;
        var shown = request.Headers[CanaryName].FirstOrDefault() ?? request.Query[CanaryName].FirstOrDefault();
        return request.Cookies[CanaryName] is { Length: > 0 } cookie && shown == cookie;
    }

    private static IResult AskForCanary(HttpContext context)
    {
        if (!context.Request.Cookies.ContainsKey(CanaryName)) GiveCanary(context);
        return Results.Json(new { error = "the canary of header or query is not the one of the cookie" }, statusCode: RetryWith);
    }

    /// <summary>OWA's script reads this cookie, so it is not HttpOnly.</summary>
    private static void GiveCanary(HttpContext context) =>
        context.Response.Cookies.Append(CanaryName, RandomNumberGenerator.GetHexString(48, true), Readable);
}
