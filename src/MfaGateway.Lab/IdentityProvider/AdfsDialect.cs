using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using OpenIddict.Abstractions;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>AD FS 2019 and later, as far as its documentation says ([MS-OAPX], [MS-OIDCE], "Custom ID tokens in AD FS").</summary>
internal sealed class AdfsDialect : Dialect
{
    public const string DialectName = "adfs";

    /// <summary>The Web API whose access control policy and issuance rules run; a request without it gets neither (AD FS FAQ).</summary>
    public const string Resource = "https://localhost/gateway";

    public const string MultipleAuthentication = "http://schemas.microsoft.com/claims/multipleauthn";
    public const string AuthenticationMethods = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    public const string MfaInstant = "http://schemas.microsoft.com/ws/2017/04/identity/claims/multifactorauthenticationinstant";
    public const string GroupSid = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid";
    private const string PasswordMethod = "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password";
    private const string OtpMethod = "http://schemas.microsoft.com/ws/2012/12/authmethod/otp";

    /// <summary>Methods that may be asked for ([MS-MWBF] 2.2.3 lists them for wauth); anything else is an error.</summary>
    private static readonly string[] KnownMethods =
    [
        MultipleAuthentication, PasswordMethod, "urn:oasis:names:tc:SAML:1.0:am:password", "urn:federation:authentication:windows",
    ];

    public override string Name => DialectName;

    public override DialectPaths Paths { get; } = new(
        "adfs", "adfs/.well-known/openid-configuration", "adfs/oauth2/authorize/", "adfs/oauth2/token/", "adfs/discovery/keys", "adfs/oauth2/logout", "adfs/ls")
    {
        UserInfo = "adfs/userinfo",
    };

    public override IReadOnlyList<string> Claims { get; } =
        ["aud", "iss", "iat", "exp", "auth_time", "nonce", "at_hash", "c_hash", "sub", "upn", "unique_name", "pwd_url", "pwd_exp", "sid"];

    public override IReadOnlyList<string> Scopes { get; } = ["openid", "profile", "email", "allatclaims"];

    public override bool KnowsMaxAge => true;

    public override bool GivesRefreshTokens => true;

    public override (string Error, string Description)? Refuse(OpenIddictRequest request)
    {
        if (HasResource(request) && Target(request) is null)
            return ("invalid_resource", "The resource is not one of this server's Web APIs.");
        if (request.HasScope(OpenIddictConstants.Scopes.OfflineAccess)) return ("invalid_scope", "The scope offline_access was not granted to the client.");
        if (!HasParameters(request)) return null;
        return RequestedMethod(request) switch
        {
            null => ("invalid_request", "The resource_params are not base64url-encoded JSON with an acr."),
            var method when !KnownMethods.Contains(method) => ("invalid_request", "The authentication method asked for is not known."),
            _ => null,
        };
    }

    /// <summary>Only a request for our Web API has a policy; <c>amr_values</c> counts only without <c>resource_params</c> ([MS-OAPX] amr_values).</summary>
    public override bool WantsFactor(OpenIddictRequest request) => Target(request) is not null
        && (HasParameters(request) ? RequestedMethod(request) == MultipleAuthentication : (string?)request["amr_values"] == "ngcmfa");

    public override void AddClaims(ClaimsIdentity identity, OpenIddictRequest request, LabUser user, SignOnSession session)
    {
        identity.SetClaim("unique_name", user.Upn).SetClaim("upn", user.Upn);
        // Claims of the issuance rules need all three (learn.microsoft.com, "Custom ID tokens in AD FS").
        if (Target(request) is null || !request.HasScope("allatclaims") || !request.IsFormPostResponseMode()) return;
        SetGroups(identity, user);
        var methods = ImmutableArray.Create(PasswordMethod);
        if (session.FactorAt is { } at)
        {
            methods = [PasswordMethod, OtpMethod, MultipleAuthentication];
            identity.SetClaim("gw_mfa", "1").SetClaim(MfaInstant, at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        }

        identity.SetClaims(AuthenticationMethods, methods);
    }

    /// <summary>Only where the issuance rules ran at the sign-in.</summary>
    public override void RenewClaims(ClaimsIdentity identity, LabUser user)
    {
        if (identity.HasClaim(claim => claim.Type == AuthenticationMethods)) SetGroups(identity, user);
    }

    private static void SetGroups(ClaimsIdentity identity, LabUser user) =>
        identity.SetClaims("group", [.. user.Groups]).SetClaims(GroupSid, [.. user.Groups.Select(SidOf)]);

    private static bool HasResource(OpenIddictRequest request) => request.HasParameter("resource");

    private static string? Target(OpenIddictRequest request) => (string?)request["resource"] == Resource ? Resource : null;

    private static bool HasParameters(OpenIddictRequest request) => request.HasParameter("resource_params");

    private static string? RequestedMethod(OpenIddictRequest request)
    {
        try
        {
            var json = Base64Url.DecodeFromChars((string?)request["resource_params"]);
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json)?.GetValueOrDefault("acr");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A security identifier that depends on the group's name only.</summary>
    private static string SidOf(string group) =>
        $"S-1-5-21-1004336348-1177238915-682003330-{1100 + Encoding.UTF8.GetBytes(group).Sum(static letter => letter)}";
}
