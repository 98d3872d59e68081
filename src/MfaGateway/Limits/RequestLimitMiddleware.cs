using Microsoft.AspNetCore.Http;

namespace MfaGateway.Limits;

/// <summary>How many requests a session and a user may send and have running, and how many an address without a session may have running.</summary>
internal sealed class RequestLimitMiddleware(RequestDelegate next, RequestLimits limits, LimitAnswer answer)
{
    public Task InvokeAsync(HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        var entry = gateway.Places = limits.Enter(gateway);
        return entry.Refusal is { } refusal ? answer.RefuseAsync(context, refusal) : next(context);
    }
}
