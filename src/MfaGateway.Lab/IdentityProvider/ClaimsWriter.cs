using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Turns a session into the claims of the tokens.</summary>
internal sealed class ClaimsWriter(Dialect dialect)
{
    public ClaimsPrincipal Write(OpenIddictRequest request, LabUser user, SignOnSession session)
    {
        var identity = new ClaimsIdentity("lab");
        identity.SetClaim(Claims.Subject, Pairwise(request.ClientId, user)).SetClaim("sid", session.Id)
            .SetClaim(Claims.AuthenticationTime, session.PasswordAt.ToUnixTimeSeconds());
        dialect.AddClaims(identity, request, user, session);
        identity.SetScopes(dialect.GivesRefreshTokens ? [.. request.GetScopes(), Scopes.OfflineAccess] : request.GetScopes());
        if ((string?)request["resource"] is { } resource) identity.SetResources(resource);
        identity.SetDestinations(static _ => [Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The claims of a refresh: those of the sign-in, and what may have changed since.</summary>
    public ClaimsPrincipal Renew(ClaimsPrincipal given, LabUser user)
    {
        var identity = new ClaimsIdentity(given.Identity);
        dialect.RenewClaims(identity, user);
        identity.SetDestinations(static _ => [Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }

    /// <summary>A subject that differs from client to client (OpenID Connect Core 8.1).</summary>
    private static string Pairwise(string? clientId, LabUser user) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{clientId}\n{user.Upn}")));
}
