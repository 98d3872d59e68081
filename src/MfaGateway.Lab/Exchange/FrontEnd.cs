using System.Security.Cryptography;
using System.Text;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.Lab.Exchange;

/// <summary>What every request to a simulator passes: the record, the faults asked for, the server's headers, its limits and, if switched on, its logon.</summary>
internal sealed class FrontEnd(ServerIdentity server, RequestLog log, BehaviourSwitch behaviour, WindowsAuthentication? authentication = null)
{
    /// <summary>35,000 KB, maxRequestLength in Exchange's web.config for OWA.</summary>
    public const long MaxBodyBytes = 35_840_000;

    /// <summary>maxUrlLength in Exchange's web.config for OWA.</summary>
    private const int MaxPathLength = 500;

    /// <summary>Names of the two protocols; each has its own health page.</summary>
    private static readonly string[] Protocols = ["owa", "ecp"];

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (ControlDoor.IsOpenFor(context))
        {
            await ControlDoor.ServeAsync(context, log, behaviour);
            return;
        }

        var request = log.Add(context);
        context.Items[typeof(ReceivedRequest)] = request;
        request.User = FormsLogon.UserOf(context);
        WriteServerHeaders(context);
        if (ProbedProtocol(context) is { } protocol)
        {
            await AnswerProbeAsync(context, protocol);
            return;
        }

        if (authentication is not null && !await SignedOnAsync(context, request, authentication)) return;
        if (await MisbehavedAsync(context)) return;
        if (context.Request.Path.Value?.Length > MaxPathLength)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, "Bad Request - Invalid URL");
            return;
        }

        if (!await ReadBodyAsync(context, request)) return;
        if (behaviour.Current.Logon is "forms" && await FormsLogon.TurnedAwayAsync(context)) return;
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound })
            await AnswerAsync(context, StatusCodes.Status404NotFound, "404 - The page is not here.");
    }

    private static string? ProbedProtocol(HttpContext context) =>
        Protocols.FirstOrDefault(name => context.Request.Path.Equals($"/{name}/healthcheck.htm", StringComparison.OrdinalIgnoreCase));

    /// <summary>Managed Availability answers from memory: 200 and the server's name while the protocol may receive traffic.</summary>
    private async Task AnswerProbeAsync(HttpContext context, string protocol)
    {
        var status = behaviour.Current.Health.GetValueOrDefault(protocol, StatusCodes.Status200OK);
        if (status == 0) context.Abort();
        else await AnswerAsync(context, status, $"{status} {(status == 200 ? "OK" : "Unavailable")}<br/>\n{server.FullName}");
    }

    /// <summary>Published calendars have a virtual directory of their own, which is anonymous.</summary>
    private static async Task<bool> SignedOnAsync(HttpContext context, ReceivedRequest request, WindowsAuthentication authentication)
    {
        if (context.Request.Path.StartsWithSegments("/owa/calendar", StringComparison.OrdinalIgnoreCase)) return true;
        if (authentication.SignOn(context) is { } user)
        {
            request.User = GssNamesOfUsers.Plain(user);
            return true;
        }

        await AnswerAsync(context, StatusCodes.Status401Unauthorized, "401 - Unauthorized: Access is denied due to invalid credentials.");
        return false;
    }

    private async Task<bool> MisbehavedAsync(HttpContext context)
    {
        var wanted = behaviour.Current;
        if (wanted.DelayMs > 0) await Task.Delay(wanted.DelayMs, context.RequestAborted);
        if (wanted.Abort) context.Abort();
        else if (wanted.BreakAfterBytes is { } bytes) await BreakAsync(context, bytes);
        else if (wanted.Status == FormsLogon.LoginTimeout) await FormsLogon.AnswerLoginTimeoutAsync(context);
        else if (wanted.Status is { } status) await AnswerAsync(context, status, $"{status} as asked for.");
        return wanted.Abort || (wanted.BreakAfterBytes ?? wanted.Status) is not null;
    }

    private static async Task BreakAsync(HttpContext context, int bytes)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = Behaviour.BrokenBodyBytes;
        await context.Response.Body.WriteAsync(new byte[bytes], context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    /// <summary>Takes the body in without keeping more than a form needs. False: too large, and answered.</summary>
    private static async Task<bool> ReadBodyAsync(HttpContext context, ReceivedRequest request)
    {
        var start = new MemoryStream();
        context.Response.RegisterForDispose(start);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[16_384];
        var fits = context.Request.ContentLength is null or <= MaxBodyBytes;
        while (fits && await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            request.Count(read);
            hash.AppendData(buffer, 0, read);
            fits = request.Bytes <= MaxBodyBytes;
            if (start.Length < FormsLogon.MaxFormBytes) await start.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
        }

        request.Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        start.Position = 0;
        context.Request.Body = start;
        if (fits) return true;
        context.Response.Headers.Connection = "close";
        await AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, "HTTP Error 413.1 - Request Entity Too Large");
        return false;
    }

    /// <summary>Headers and cookies a real server sends, most of which must not reach the outside.</summary>
    private void WriteServerHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Server = "Microsoft-IIS/10.0";
        headers["X-Powered-By"] = "ASP.NET";
        headers["X-AspNet-Version"] = "4.0.30319";
        headers["X-OWA-Version"] = ServerIdentity.Build;
        headers["X-FEServer"] = server.Name;
        headers["X-BEServer"] = server.Name;
        headers["X-DiagInfo"] = server.Name;
        headers["X-CalculatedBETarget"] = server.FullName;
        headers["request-id"] = Guid.NewGuid().ToString();
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        if (status is 204 or 304) return Task.CompletedTask;
        context.Response.ContentType = "text/html; charset=utf-8";
        var body = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
