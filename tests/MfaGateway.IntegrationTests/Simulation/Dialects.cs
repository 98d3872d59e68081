using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>Whose manners a provider has.</summary>
internal enum Dialect
{
    Oidc,
    Adfs,
    Entra,
}

/// <summary>What each kind of provider puts into a token for what it was asked.</summary>
internal static class Dialects
{
    public const string Tenant = "5f9ad3a1-3c8e-4a0b-9d65-6f6f9c1f7e10";
    public const string MethodReferences = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    public const string MultipleAuthn = "http://schemas.microsoft.com/claims/multipleauthn";

    /// <summary>The issuer of the simulated provider of a kind.</summary>
    public static string Issuer(Dialect dialect) => dialect switch
    {
        Dialect.Adfs => "https://sts.contoso.test/adfs",
        Dialect.Entra => $"https://login.entra.test/{Tenant}/v2.0",
        _ => "https://login.contoso.test",
    };

    public static JsonObject Configuration(Dialect dialect, string issuer) => dialect switch
    {
        Dialect.Adfs => new JsonObject
        {
            ["Kind"] = "Adfs", ["Authority"] = issuer, ["ClientId"] = NetworkSetup.ClientId, ["Resource"] = "https://mail.contoso.com/gateway",
        },
        Dialect.Entra => new JsonObject
        {
            ["Kind"] = "Entra", ["Instance"] = new Uri(issuer).GetLeftPart(UriPartial.Authority), ["TenantId"] = Tenant,
            ["ClientId"] = NetworkSetup.ClientId, ["AuthenticationContext"] = "c1",
        },
        _ => new JsonObject
        {
            ["Kind"] = "Oidc", ["Authority"] = issuer, ["ClientId"] = NetworkSetup.ClientId,
            ["Evidence"] = new JsonObject
            {
                ["Mfa"] = new JsonArray(
                    new JsonObject { ["Claim"] = "amr", ["AnyOf"] = new JsonArray("mfa", "otp") },
                    new JsonObject { ["Claim"] = "acr", ["AnyOf"] = new JsonArray("loa-4") }),
            },
            ["StepUp"] = new JsonObject { ["acr_values"] = "loa-4" },
        },
    };

    public static void AddClaims(Dialect dialect, TokenDraft token, Person person, IReadOnlyDictionary<string, string> request)
    {
        var proven = !person.OneFactorOnly && AsksForMfa(dialect, request);
        switch (dialect)
        {
            case Dialect.Adfs:
                if (!request.ContainsKey("resource")) return; // AD FS then issues a bare token, whatever its policies say
                token.Claim("upn", person.Upn).Claim("group", person.Groups);
                if (proven) token.Claim("gw_mfa", "1").Claim(MethodReferences, new[] { "http://schemas.microsoft.com/ws/2012/12/authmethod/otp", MultipleAuthn });
                break;
            case Dialect.Entra:
                token.Claim("tid", Tenant).Claim("preferred_username", person.Upn).Claim("groups", person.Groups).Claim("ver", "2.0");
                if (proven) token.Claim("acrs", new[] { "c1" });
                break;
            default:
                token.Claim("preferred_username", person.Upn).Claim("groups", person.Groups).Claim("amr", proven ? ["pwd", "otp", "mfa"] : (string[])["pwd"]);
                break;
        }
    }

    private static bool AsksForMfa(Dialect dialect, IReadOnlyDictionary<string, string> request) => dialect switch
    {
        Dialect.Adfs => request.TryGetValue("resource_params", out var parameters)
            && JsonElement.Parse(WebEncoders.Base64UrlDecode(parameters)).GetProperty("acr").GetString() == MultipleAuthn,
        Dialect.Entra => request.TryGetValue("claims", out var claims) && claims.Contains("\"c1\"", StringComparison.Ordinal),
        _ => request.GetValueOrDefault("acr_values") == "loa-4",
    };
}
