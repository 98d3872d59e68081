using System.Text.Json;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.Recheck;

/// <summary>
/// The ID token of a refresh. It says who the user is now: groups, claims, device. What was proven at the sign-in it neither gives nor takes away: nobody
/// has proven anything since, whatever such a token says of methods and times.
/// </summary>
internal static class RefreshedToken
{
    private static readonly string[] _proofs = ["amr", "acr", "acrs", "auth_time"];

    /// <summary>The user as the token describes him, or what is wrong with it. The checks are those of a sign-in, and those of OpenID Connect Core 12.2.</summary>
    public static async Task<(GatewaySession? Now, string? Problem)> ReadAsync(
        string raw, string accessToken, Provider provider, GatewaySession known, ProviderMetadata metadata, TimeProvider time)
    {
        var result = await new StrictTokenHandler(provider, metadata, time).ValidateTokenAsync(raw, new TokenValidationParameters());
        if (!result.IsValid) return (null, $"Its ID token is not valid: {result.Exception?.Message}");
        if (TokenChecks.Payload(raw) is not { } token) return (null, "The ID token repeats a claim or is not JSON.");

        var now = time.GetUtcNow();
        if (TokenChecks.FindInRefreshed(token, provider, now, known.Recheck?.Nonce, accessToken, raw) is { } problem) return (null, problem);
        if (AuthenticationEvidence.Read(token, provider, now) is not { } facts) return (null, "The ID token names no user.");

        return (facts with
        {
            DeviceManaged = Speaks(token, provider.Profile.Managed) ? facts.DeviceManaged : null,
            DeviceCompliant = Speaks(token, provider.Options.Evidence.Compliant) ? facts.DeviceCompliant : null,
        }, null);
    }

    /// <summary>Why this is not the person of the session; null when it is. The connections of a session to Exchange are signed on under its name, so a new
    /// name is a new sign-in too.</summary>
    public static string? Contradiction(GatewaySession known, GatewaySession now) =>
        now.Subject != known.Subject ? "The ID token has another subject (sub) than the sign-in."
        : !string.Equals(now.User, known.User, StringComparison.OrdinalIgnoreCase) ? "The user has another name than at the sign-in."
        : null;

    /// <summary>The session with what the provider says now.</summary>
    public static GatewaySession Merge(GatewaySession known, GatewaySession now, Provider provider)
    {
        var profile = provider.Profile;
        HashSet<string> proofs = [.. _proofs, .. profile.Mfa.Select(row => row.Claim!), .. profile.Methods, .. profile.Contexts, .. profile.MfaTimes];
        HashSet<string> device = [.. profile.Managed.Concat(provider.Options.Evidence.Compliant).Select(row => row.Claim!)];
        var claims = now.Claims.Where(claim => !proofs.Contains(claim.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var (name, values) in known.Claims)
        {
            if (proofs.Contains(name) || device.Contains(name)) claims.TryAdd(name, values);
        }

        return known with
        {
            Groups = now.Groups,
            Claims = claims,
            DeviceManaged = now.DeviceManaged ?? known.DeviceManaged,
            DeviceCompliant = now.DeviceCompliant ?? known.DeviceCompliant,
        };
    }

    /// <summary>A refresh comes from the gateway, not from the device: a token that says nothing of it takes nothing back.</summary>
    private static bool Speaks(JsonElement token, IEnumerable<ClaimRule> rows) => rows.Any(row => token.TryGetProperty(row.Claim!, out _));
}
