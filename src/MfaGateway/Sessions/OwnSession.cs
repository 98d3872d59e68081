using System.Text.Json.Serialization;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MfaGateway.Sessions;

/// <summary><c>/.gateway/session</c>: a caller's own session. No tokens, no handle. Looking at it does not keep it alive.</summary>
internal static class OwnSession
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/.gateway/session", async (HttpContext context, GatewaySettings settings, TimeProvider time) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        if (GatewayFeature.Of(context).Session is not { } session)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var idleEnd = session.LastActive + settings.Current.Sessions.IdleTimeout;
        var facts = session.Facts;
        await context.Response.WriteAsJsonAsync(
            new View(
                facts.User, facts.Provider, facts.Methods, facts.Mfa,
                facts.MfaAt is { } at ? (long)(time.GetUtcNow() - at).TotalSeconds : null,
                idleEnd < session.Expires ? idleEnd : session.Expires,
                session.Expires),
            OwnSessionJson.Default.View);
    });

    /// <param name="User">The name policy and audit know.</param>
    /// <param name="Provider">The provider that signed the user in.</param>
    /// <param name="Methods">Authentication methods proven.</param>
    /// <param name="Mfa">Whether MFA was proven.</param>
    /// <param name="MfaAge">Seconds since then.</param>
    /// <param name="Expires">When the session ends if nothing happens.</param>
    /// <param name="ExpiresAtLatest">When it ends whatever happens.</param>
    internal sealed record View(
        string User, string Provider, IReadOnlyList<string> Methods, bool Mfa, long? MfaAge, DateTimeOffset Expires, DateTimeOffset ExpiresAtLatest);
}

[JsonSerializable(typeof(OwnSession.View))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class OwnSessionJson : JsonSerializerContext;
