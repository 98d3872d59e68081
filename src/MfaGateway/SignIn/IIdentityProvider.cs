using System.Collections.Frozen;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>The dialect of one kind of identity provider: its defaults and how it is asked for a stronger sign-in. It never decides access.</summary>
internal interface IIdentityProvider
{
    /// <summary>The name by which <c>Gateway:Providers:{name}:Kind</c> chooses it.</summary>
    string Kind { get; }

    /// <summary>The issuer, without a trailing slash.</summary>
    string Authority(ProviderOptions options);

    /// <summary>What the options leave open, filled in.</summary>
    ProviderProfile Describe(ProviderOptions options);

    /// <summary>Adds the authentication scheme that speaks to it.</summary>
    void Register(AuthenticationBuilder builder, string scheme, ProviderOptions options);

    /// <summary>Puts what every sign-in needs, and what this one asks for, into the authorization request.</summary>
    void Ask(OpenIdConnectMessage request, ProviderOptions options, SignInRequest wanted);
}

/// <summary>A kind's defaults under an operator's options.</summary>
internal sealed record ProviderProfile
{
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The scope that brings a refresh token (OpenID Connect Core 11); null for a kind that gives them without, and refuses scopes it does not know.</summary>
    public string? RefreshScope { get; init; } = "offline_access";

    public required IReadOnlyList<ClaimRule> Mfa { get; init; }
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The provider's own names of methods, with the RFC 8176 value each stands for.</summary>
    public IReadOnlyDictionary<string, string> MethodNames { get; init; } = FrozenDictionary<string, string>.Empty;

    public required IReadOnlyList<string> Contexts { get; init; }
    public required IReadOnlyList<string> MfaTimes { get; init; }
    public required IReadOnlyList<ClaimRule> Managed { get; init; }
    public required string AssertionAlgorithm { get; init; }

    /// <summary>Claims that count only as a JSON array of strings, as RFC 8176 and Entra define them: <c>"mfa"</c> is not <c>["mfa"]</c>.</summary>
    public IReadOnlyList<string> ArrayClaims { get; init; } = ["amr", "acrs"];

    /// <summary>The required value of <c>tid</c>; null when the kind has none.</summary>
    public string? Tenant { get; init; }

    /// <summary>Every sign-in is MFA because the operator said so (Entra with Conditional Access on the gateway's own registration).</summary>
    public bool AlwaysMfa { get; init; }
}

/// <summary>What one sign-in is to bring.</summary>
/// <param name="Ask">Factors, contexts and age.</param>
/// <param name="LoginHint">Whom the provider should offer; null for nobody.</param>
/// <param name="StepUp">It repeats a sign-in that was too weak or too old.</param>
internal sealed record SignInRequest(Sessions.SignInAsk Ask, string? LoginHint, bool StepUp);
