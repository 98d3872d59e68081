using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenIddict.Abstractions;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Entra ID, v2.0 endpoints, one tenant. A Conditional Access policy that grants with MFA is bound to every authentication context.</summary>
internal sealed class EntraDialect : Dialect
{
    public const string DialectName = "entra";

    /// <summary>The lab's tenant.</summary>
    public const string TenantId = "f7a0c2d4-6b1e-4c39-9d58-2e4b1a7c9f03";

    /// <summary>Authentication context that the lab's gateway asks for.</summary>
    public const string Context = "c1";

    public override string Name => DialectName;

    public override DialectPaths Paths { get; } = new(
        $"{TenantId}/v2.0",
        $"{TenantId}/v2.0/.well-known/openid-configuration",
        $"{TenantId}/oauth2/v2.0/authorize",
        $"{TenantId}/oauth2/v2.0/token",
        $"{TenantId}/discovery/v2.0/keys",
        $"{TenantId}/oauth2/v2.0/logout",
        $"{TenantId}/login");

    public override IReadOnlyList<string> Claims { get; } =
        ["sub", "iss", "aud", "exp", "iat", "auth_time", "acrs", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "upn", "oid", "sid"];

    public override IReadOnlyList<string> Scopes { get; } = ["openid", "profile", "email"];

    public override IReadOnlyList<string> ArrayClaims { get; } = ["groups", "acrs"];

    /// <summary>Not in the parameter tables of the identity platform; a client has to use <c>prompt=login</c> and look at <c>auth_time</c>.</summary>
    public override bool KnowsMaxAge => false;

    public override bool GivesRefreshTokens => false;

    public override (string Error, string Description)? Refuse(OpenIddictRequest request) =>
        request.HasParameter("claims") && ParseClaims(request) is null ? ("invalid_request", "The claims parameter is not a JSON object.") : null;

    public override bool WantsFactor(OpenIddictRequest request) =>
        RequestedContexts(request, "id_token").Length + RequestedContexts(request, "access_token").Length > 0;

    public override void AddClaims(ClaimsIdentity identity, OpenIddictRequest request, LabUser user, SignOnSession session)
    {
        identity.SetClaim("oid", ObjectIdOf(user)).SetClaim("tid", TenantId).SetClaim("ver", "2.0")
            .SetClaim("preferred_username", user.Upn).SetClaim("upn", user.Upn)
            .SetClaim("name", user.Upn[..user.Upn.IndexOf('@', StringComparison.Ordinal)])
            .SetClaim("login_hint", Convert.ToBase64String(Encoding.UTF8.GetBytes($"lab:{user.Upn}")))
            .SetClaims("groups", [.. user.Groups]);
        // Each kind of token is opted in by itself, so contexts of the access token do not appear here.
        var contexts = RequestedContexts(request, "id_token");
        if (session.FactorAt is not null && contexts.Length > 0) identity.SetClaims("acrs", [.. contexts]);
    }

    public override void RenewClaims(ClaimsIdentity identity, LabUser user) => identity.SetClaims("groups", [.. user.Groups]);

    /// <summary>The values of <c>{"id_token":{"acrs":{"essential":true,"value":"c1"}}}</c>, or of <c>values</c> in its place (OpenID Connect Core 5.5.1).</summary>
    private static string[] RequestedContexts(OpenIddictRequest request, string token)
    {
        if (ParseClaims(request)?[token] is not JsonObject members || members["acrs"] is not JsonObject acrs) return [];
        JsonNode?[] nodes = [acrs["value"], .. acrs["values"] as JsonArray ?? []];
        return [.. nodes.OfType<JsonValue>().Where(node => node.GetValueKind() is JsonValueKind.String).Select(node => node.GetValue<string>())];
    }

    private static JsonObject? ParseClaims(OpenIddictRequest request)
    {
        try
        {
            return (string?)request["claims"] is { } text ? JsonNode.Parse(text) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string ObjectIdOf(LabUser user) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(user.Upn)).AsSpan(0, 16)).ToString();
}
