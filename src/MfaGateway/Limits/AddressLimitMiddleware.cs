using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Limits;

/// <summary>
/// Before anything is done for a stranger: how many requests his address may send. Who has a session that this gateway knows is counted by that instead
/// (<see cref="RequestLimitMiddleware"/>), so that nobody is slowed down by an attacker behind the same address.
/// </summary>
internal sealed class AddressLimitMiddleware(RequestDelegate next, RequestLimits limits, SessionRegistry sessions, LimitAnswer answer)
{
    public Task InvokeAsync(HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        gateway.Key = SessionCookie.ReadKey(context);
        if (gateway.Key is { } key && sessions.IsKnown(key)) return next(context);
        return limits.Arrive(gateway.Source) is { } refusal ? answer.RefuseAsync(context, refusal) : next(context);
    }
}
