using System.ComponentModel.DataAnnotations;
using MfaGateway.Configuration;

namespace MfaGateway.SignIn;

/// <summary>One identity provider. Section <c>Gateway:Providers:{name}</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary><c>Adfs</c>, <c>Entra</c>, or <c>Oidc</c> for any other certified OpenID provider. Required.</summary>
    [Required]
    public string? Kind { get; set; }

    /// <summary>What people read on the page where they choose. Default: the provider's name.</summary>
    public string? DisplayName { get; set; }

    /// <summary>The issuer's address, https. Required for <c>Adfs</c> (<c>https://sts.contoso.com/adfs</c>) and <c>Oidc</c>; for <c>Entra</c> it
    /// follows from <c>Instance</c> and <c>TenantId</c>.</summary>
    public string? Authority { get; set; }

    /// <summary>Entra: the cloud. Default <c>https://login.microsoftonline.com</c>.</summary>
    public string Instance { get; set; } = "https://login.microsoftonline.com";

    /// <summary>Entra: the tenant's GUID; never <c>common</c> or <c>organizations</c>. The token's <c>tid</c> must be equal.</summary>
    public string? TenantId { get; set; }

    /// <summary>The gateway's client id at the provider. Required.</summary>
    [Required]
    public string? ClientId { get; set; }

    /// <summary>AD FS: the identifier of the Web API that carries the access control policy. Required for <c>Adfs</c>: without it AD FS judges the
    /// sign-in by a built-in relying party whose policy cannot be set (learn.microsoft.com, AD FS FAQ).</summary>
    public string? Resource { get; set; }

    /// <summary>The client secret. Only from the environment (<c>Gateway__Providers__{name}__ClientSecret</c>) or a key-per-file folder. Default none.</summary>
    public Secret? ClientSecret { get; set; }

    /// <summary>Certificate that signs client assertions (<c>private_key_jwt</c>, RFC 7523). Default none.</summary>
    public CertificateOptions? ClientCertificate { get; set; }

    /// <summary>Algorithm of the client assertion. Default <c>RS256</c> for <c>Adfs</c> and <c>Oidc</c>, <c>PS256</c> for <c>Entra</c>.</summary>
    [AllowedValues(null, "RS256", "PS256")]
    public string? AssertionAlgorithm { get; set; }

    /// <summary>PEM file of the certificates to trust for this provider instead of the system's. Default: the system's.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>Scopes asked for. Default <c>openid allatclaims</c> for <c>Adfs</c>, <c>openid profile</c> for the others.</summary>
    public IList<string> Scopes { get; init; } = [];

    /// <summary>Claim with the user's name as policy, audit and Exchange know it. Default: the first present of <c>upn</c>,
    /// <c>http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn</c>, <c>preferred_username</c>, <c>unique_name</c>, <c>sub</c>.</summary>
    public string? User { get; set; }

    /// <summary>Claims whose values are groups. Default <c>groups</c>, <c>group</c>, <c>roles</c>, <c>wids</c> and the AD FS <c>groupsid</c> claim.</summary>
    public IList<string> Groups { get; init; } = [];

    /// <summary>Domains whose users sign in here when a login hint names one, for example <c>contoso.com</c>. Default none.</summary>
    public IList<string> Domains { get; init; } = [];

    /// <summary>Entra: the authentication context (<c>c1</c> to <c>c99</c>) that a Conditional Access policy with an MFA grant is bound to. Asked for
    /// with the <c>claims</c> parameter and looked for in <c>acrs</c>. Default none.</summary>
    [RegularExpression("^[cC][1-9][0-9]?$", ErrorMessage = "Write c1 to c99.")]
    public string? AuthenticationContext { get; set; }

    /// <summary>How claims prove what happened at the sign-in. Default by <c>Kind</c>; required for <c>Oidc</c>.</summary>
    public EvidenceOptions Evidence { get; set; } = new();

    /// <summary>Parameters added to the authorization request when a second factor is wanted. Default by <c>Kind</c>.</summary>
    public Dictionary<string, string> StepUp { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Ask for the second factor at the first sign-in already, which saves a round trip when the policy wants it. Default true.</summary>
    public bool AskForMfaAtSignIn { get; set; } = true;

    /// <summary>Send PKCE (RFC 7636). AD FS 2016 does not know it and ignores it. Default true.</summary>
    public bool Pkce { get; set; } = true;

    /// <summary>Signature algorithms accepted on tokens. Default <c>RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512</c>; never <c>none</c> or HMAC.</summary>
    public IList<string> SigningAlgorithms { get; init; } = [];

    /// <summary>Difference tolerated between the provider's clock and ours. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>From claims to evidence. Section <c>Gateway:Providers:{name}:Evidence</c>.</summary>
public sealed class EvidenceOptions
{
    /// <summary>Any one matching row proves MFA. Defaults: docs/configuration.md. No row, no MFA.</summary>
    public IList<ClaimRule> Mfa { get; init; } = [];

    /// <summary>Claim with the time of the second factor, seconds since 1970 or ISO 8601. Default: the AD FS multifactorauthenticationinstant claim if present,
    /// else <c>auth_time</c>.</summary>
    public string? MfaTime { get; set; }

    /// <summary>Claims whose values are authentication methods (RFC 8176). Default <c>amr</c>, and for AD FS the authnmethodsreferences claim.</summary>
    public IList<string> Methods { get; init; } = [];

    /// <summary>Names of methods in these claims, with the RFC 8176 value they stand for; others are kept as they are. Default for AD FS its method URIs,
    /// for example <c>http://schemas.microsoft.com/ws/2012/12/authmethod/otp</c> for <c>otp</c>; else none.</summary>
    public Dictionary<string, string> MethodNames { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Claims whose values are authentication contexts. Default <c>acrs</c> for Entra, <c>acr</c> for Oidc.</summary>
    public IList<string> Contexts { get; init; } = [];

    /// <summary>Rows that show a managed device. Default for AD FS the <c>ismanaged</c> device claim, else none.</summary>
    public IList<ClaimRule> Managed { get; init; } = [];

    /// <summary>Rows that show a compliant device. Default none.</summary>
    public IList<ClaimRule> Compliant { get; init; } = [];

    /// <summary>Entra only: count every sign-in as MFA because a Conditional Access policy on the gateway's own app registration demands it. The token
    /// cannot show it; users excluded from that policy come in with one factor. Default false.</summary>
    public bool TrustConditionalAccess { get; set; }
}

/// <summary>One row of an evidence table: the claim holds at least one of the values, compared exactly.</summary>
public sealed class ClaimRule
{
    /// <summary>Name of the claim in the ID token. Required.</summary>
    [Required]
    public string? Claim { get; set; }

    /// <summary>Values that count. At least one.</summary>
    [MinLength(1)]
    public IList<string> AnyOf { get; init; } = [];
}
