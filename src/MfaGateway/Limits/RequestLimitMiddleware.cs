using Microsoft.AspNetCore.Http;

namespace MfaGateway.Limits;

/// <summary>How many requests a session and a user may send and have running, and how many an address without a session may have running.</summary>
internal sealed class RequestLimitMiddleware(RequestDelegate next, RequestLimits limits, LimitAnswer answer)
{
    public async Task InvokeAsync(HttpContext context)
    {
        using var entry = limits.Enter(GatewayFeature.Of(context));
        await (entry.Refusal is { } refusal ? answer.RefuseAsync(context, refusal) : next(context));
    }
}
