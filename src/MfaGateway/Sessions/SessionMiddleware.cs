using Microsoft.AspNetCore.Http;

namespace MfaGateway.Sessions;

/// <summary>Finds who asks. A request ends when its session does.</summary>
internal sealed class SessionMiddleware(RequestDelegate next, SessionRegistry sessions, SessionCookie cookie)
{
    public Task InvokeAsync(HttpContext context) => GatewayFeature.Of(context).Key is { } key ? FindAsync(context, key) : next(context);

    private async Task FindAsync(HttpContext context, SessionKey key)
    {
        var session = await sessions.FindAsync(key, context.RequestAborted);
        if (session is null)
        {
            // only on a page: a poll that comes late with an old handle would take away the cookie of a sign-in that has just ended
            if (GatewayFeature.Of(context).Navigation) cookie.Expire(context.Response);
            await next(context);
            return;
        }

        GatewayFeature.Of(context).Session = session;
        session.RequestBegins();
        try
        {
            await next(context);
        }
        finally
        {
            session.RequestEnds();
        }
    }
}
