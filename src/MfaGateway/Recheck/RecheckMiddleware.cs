using MfaGateway.Outcome;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Recheck;

/// <summary>Lets a request of a session pass when its user has been asked about lately enough. A sign-out always passes.</summary>
internal sealed class RecheckMiddleware(RequestDelegate next, UserRecheck recheck, SignInStarter signIn, OutcomeWriter outcome)
{
    public Task InvokeAsync(HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        return gateway is { Session: { } session, Publication.SignOut: false } && recheck.IsDue(session) ? CheckAsync(context, gateway, session) : next(context);
    }

    private async Task CheckAsync(HttpContext context, GatewayFeature gateway, LiveSession session)
    {
        switch (await recheck.CheckAsync(session, context.RequestAborted))
        {
            case Standing.Unanswered:
                await outcome.RefuseAsync(context, Refusal.RecheckDown);
                break;
            case Standing.SignInAgain when RequestShape.IsNavigation(context):
                await SignInOrGoOnAsync(context, session);
                break;
            case Standing.SignInFirst when RequestShape.IsNavigation(context):
                await signIn.AgainAsync(context, session);
                break;
            case Standing.SignInFirst or Standing.Ended:
                gateway.Session = null; // and what is asked for without a session is answered as ever
                await next(context);
                break;
            default:
                await next(context);
                break;
        }
    }

    /// <summary>A provider that does not answer now may be asked later.</summary>
    private async Task SignInOrGoOnAsync(HttpContext context, LiveSession session)
    {
        if (await signIn.IsReachableAsync(session, context.RequestAborted)) await signIn.AgainAsync(context, session);
        else await next(context);
    }
}
