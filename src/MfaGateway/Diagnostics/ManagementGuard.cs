using System.Net;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Diagnostics;

/// <summary>
/// The management listener trusts whoever reaches it, and a browser on the same machine reaches it for any page it shows. So nothing is answered under a
/// name that a stranger can point here (DNS rebinding), nor to what a page of another origin sends.
/// </summary>
internal sealed class ManagementGuard(RequestDelegate next, GatewaySettings settings)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (IsOwnName(context.Request.Host) && !IsForeign(context.Request)) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>An address cannot be pointed elsewhere; a name only when it is the configured one.</summary>
    private bool IsOwnName(HostString host) =>
        !host.HasValue
        || host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Host.Trim('[', ']'), out _)
        || (Uri.TryCreate(settings.Current.Management.Url, UriKind.Absolute, out var own) && own.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase))
        || host.Host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return !(HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate");
        return request.Headers.Origin is [{ } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
