using Microsoft.AspNetCore.Http;

namespace MfaGateway.Shield;

/// <summary>What kind of caller waits for the answer.</summary>
internal static class RequestShape
{
    private static readonly string[] _scriptFiles =
        ["service.svc", "sessiondata.ashx", "userbootsettings.ashx", "ev.owa2", "ev.owa", "plt1.ashx", "ping.owa", "keepalive.owa"];

    private static readonly string[] _pollFiles = ["keepalive.owa", "ping.owa", "ping.ecp", "notify.wav"];

    /// <summary>
    /// True for a page that a person waits for, which may be answered with a redirect; false for a script, which must be answered 440. First evidence wins:
    /// fetch metadata, OWA's own headers, the file, the verb, what is accepted. All of it can be forged, and only the form of a refusal hangs on it.
    /// </summary>
    public static bool IsNavigation(HttpRequest request, string path)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false; // a redirect would lose the body
        var mode = request.Headers["Sec-Fetch-Mode"].ToString();
        var destination = request.Headers["Sec-Fetch-Dest"].ToString();
        if (mode == "navigate" || destination is "document" or "iframe" or "frame") return true;
        if (mode.Length > 0) return false;
        if (request.Headers.XRequestedWith == "XMLHttpRequest" || HasScriptHeader(request.Headers)) return false;
        if (IsScriptFile(path)) return false;
        return request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            || (AcceptsAnything(request.Headers.Accept.ToString()) && IsPageAddress(path));
    }

    /// <summary>The same for a request on its way; for a provider's page that posts its answer too, since a person waits behind it.</summary>
    public static bool IsNavigation(HttpContext context)
    {
        var path = GatewayFeature.Of(context).Target?.Path ?? context.Request.Path.Value!;
        return IsNavigation(context.Request, path) || path.StartsWith("/.gateway/signin-oidc/", StringComparison.Ordinal);
    }

    /// <summary>
    /// True for requests that OWA makes by itself and that must not keep a session alive: <c>UA=0</c> ("user activity 0"), keep-alives and the notification
    /// sound (Microsoft KB2621269).
    /// </summary>
    public static bool IsBackgroundPoll(CanonicalTarget target)
    {
        foreach (var file in _pollFiles)
        {
            if (target.Path.EndsWith(file, StringComparison.OrdinalIgnoreCase)) return true;
        }

        if (!target.Query.Contains("UA=0", StringComparison.OrdinalIgnoreCase)) return false;
        return target.SingleQueryValue("UA") == "0";
    }

    /// <summary>True for requests that Exchange answers over minutes with what happens meanwhile; OWA sends the next one when one ends (exchange documentation
    /// calls them pending notifications).</summary>
    public static bool IsHanging(CanonicalTarget target) =>
        (target.Path.EndsWith("/ev.owa2", StringComparison.OrdinalIgnoreCase) && target.Query.Contains("PendingNotificationRequest", StringComparison.OrdinalIgnoreCase))
        || target.Path.EndsWith("/mowapendingget.ashx", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True when a page of another site caused the request. Browsers say so in <c>Sec-Fetch-Site</c>, which no page can set (W3C Fetch Metadata); <c>Origin</c> is for those that
    /// do not, because a page of our own that hides its address posts with <c>Origin: null</c>. A caller that sends neither is no browser and has no cookie to abuse.
    /// </summary>
    public static bool IsFromElsewhere(HttpRequest request, string ownOrigin)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is not ("same-origin" or "none");
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, ownOrigin, StringComparison.OrdinalIgnoreCase);
    }

    private static bool HasScriptHeader(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith("X-OWA-", StringComparison.OrdinalIgnoreCase) || name.Equals("Action", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsScriptFile(string path)
    {
        if (path.Contains("/service.svc/s/", StringComparison.OrdinalIgnoreCase)) return false; // an attachment may be a click
        foreach (var file in _scriptFiles)
        {
            if (path.EndsWith(file, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return path.Contains(".svc", StringComparison.OrdinalIgnoreCase)
            || (path.EndsWith(".ashx", StringComparison.OrdinalIgnoreCase) && !path.EndsWith("/attachment.ashx", StringComparison.OrdinalIgnoreCase));
    }

    private static bool AcceptsAnything(string accept) => accept.Length == 0 || accept.Contains("*/*", StringComparison.Ordinal);

    /// <summary>An address that a person could have typed or been sent: a folder or a page, not a script or an image.</summary>
    private static bool IsPageAddress(string path)
    {
        var file = path.AsSpan(path.LastIndexOf('/') + 1);
        return !file.Contains('.') || file.EndsWith(".aspx", StringComparison.OrdinalIgnoreCase);
    }
}
