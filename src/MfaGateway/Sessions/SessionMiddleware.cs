using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Sessions;

/// <summary>Finds who asks. A request ends when its session does.</summary>
internal sealed class SessionMiddleware(RequestDelegate next, SessionRegistry sessions, SessionCookie cookie)
{
    public Task InvokeAsync(HttpContext context) => GatewayFeature.Of(context).Key is { } key ? FindAsync(context, key) : next(context);

    /// <summary>A session is nearly always in the cache, and then no state machine of this stage lives while Exchange answers.</summary>
    private Task FindAsync(HttpContext context, SessionKey key)
    {
        var found = sessions.FindAsync(key, context.RequestAborted);
        return found.IsCompletedSuccessfully ? GoOnAsync(context, found.Result) : WaitAsync(context, found);
    }

    private async Task WaitAsync(HttpContext context, ValueTask<LiveSession?> found) => await GoOnAsync(context, await found);

    private Task GoOnAsync(HttpContext context, LiveSession? session)
    {
        var gateway = GatewayFeature.Of(context);
        session?.RequestBegins();
        gateway.Session = gateway.Busy = session;

        // only on a page: a poll that comes late with an old handle would take away the cookie of a sign-in that has just ended
        if (session is null && RequestShape.IsNavigation(context)) cookie.Expire(context.Response);
        return next(context);
    }
}
