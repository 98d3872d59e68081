using MfaGateway.Diagnostics;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MfaGateway;

/// <summary>What the gateway answers itself on the public listener.</summary>
internal static class GatewayEndpoints
{
    public static void MapOwnEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context =>
        {
            context.Response.Redirect("/owa/");
            return Task.CompletedTask;
        });
        endpoints.MapSignIn();
        SignOut.Map(endpoints);
        ProviderLogout.Map(endpoints);
        OwnSession.Map(endpoints);
        endpoints.MapMethods("/.gateway/health/live", [HttpMethods.Get, HttpMethods.Head], () => Results.StatusCode(200));
        endpoints.MapMethods("/.gateway/health/ready", [HttpMethods.Get, HttpMethods.Head], (Readiness readiness, HttpContext context) => readiness.AnswerAsync(context));
        endpoints.MapFallback("{**rest}", (HttpContext context, Outcome.OutcomeWriter outcome) => outcome.RefuseAsync(context, Outcome.Refusal.NotPublished));
    }
}
