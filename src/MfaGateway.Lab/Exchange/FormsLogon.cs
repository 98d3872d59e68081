using System.Buffers.Text;
using System.Net;
using System.Text;

namespace MfaGateway.Lab.Exchange;

/// <summary>Exchange's own logon, for gateways that pass it through. Any name with any password but <c>wrong</c> gets in.</summary>
internal static class FormsLogon
{
    /// <summary>IIS' own status for a script whose session is gone.</summary>
    public const int LoginTimeout = 440;

    public const int MaxFormBytes = 65_536;

    /// <summary>A real server keeps the password in five encrypted cookies; the lab keeps the name, and the companions have no content.</summary>
    private const string NameCookie = "cadata";

    private static readonly string[] CompanionCookies = ["cadataTTL", "cadataKey", "cadataIV", "cadataSig"];

    private static readonly string[] AnonymousPaths = ["/owa/auth", "/owa/auth.owa", "/owa/logoff.owa", "/owa/calendar"];

    private static readonly CookieOptions Protected = new() { HttpOnly = true, Secure = true, Path = "/" };

    public static string? UserOf(HttpContext context)
    {
        try
        {
            return context.Request.Cookies[NameCookie] is { } value ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(value)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Pages are sent to the logon page, scripts get 440. False: the request may go on.</summary>
    public static async Task<bool> TurnedAwayAsync(HttpContext context)
    {
        var request = context.Request;
        if (UserOf(context) is not null || AnonymousPaths.Any(path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase))) return false;
        var isPage = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !request.Headers.ContainsKey("X-Requested-With");
        if (isPage)
        {
            var original = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}";
            context.Response.Redirect($"/owa/auth/logon.aspx?url={Uri.EscapeDataString(original)}&reason=0");
        }
        else
        {
            await AnswerLoginTimeoutAsync(context);
        }

        return true;
    }

    public static Task AnswerLoginTimeoutAsync(HttpContext context)
    {
        context.Response.StatusCode = LoginTimeout;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<html><body>440 Login Timeout</body></html>", context.RequestAborted);
    }

    public static IResult LogonPage(string? url, string? reason) => Results.Content($"""
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Exchange logon</title></head><body>
        <h1>Exchange logon (simulated)</h1>{(reason == "2" ? "<p role=\"alert\">The user name or password is wrong.</p>" : "")}
        <form method="post" action="/owa/auth.owa">
        <input type="hidden" name="destination" value="{WebUtility.HtmlEncode(url ?? "/owa/")}"><input type="hidden" name="flags" value="4">
        <label>User name <input name="username"></label> <label>Password <input name="password" type="password"></label>
        <button>Sign in</button></form></body></html>
        """, "text/html; charset=utf-8");

    public static async Task<IResult> LogOnAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) return Results.BadRequest();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var destination = form["destination"].ToString();
        if (!Uri.TryCreate(destination, UriKind.RelativeOrAbsolute, out _) || destination.Length == 0) destination = "/owa/";
        if (form["username"].ToString() is not { Length: > 0 } name || form["password"] == "wrong")
            return Results.Redirect($"/owa/auth/logon.aspx?url={Uri.EscapeDataString(destination)}&reason=2");
        var cookies = context.Response.Cookies;
        cookies.Append(NameCookie, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name)), Protected);
        foreach (var companion in CompanionCookies) cookies.Append(companion, "x", Protected);
        return Results.Redirect(destination);
    }

    public static IResult LogOff(HttpContext context)
    {
        foreach (var name in (string[])[NameCookie, .. CompanionCookies]) context.Response.Cookies.Delete(name, Protected);
        return Results.Redirect("/owa/auth/signout.aspx");
    }
}
