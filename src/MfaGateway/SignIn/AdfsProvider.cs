using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>
/// AD FS 2016 and later. Every request carries <c>resource</c>: without it AD FS applies no policy of ours. MFA shows as the marker claim of our issuance
/// rule or as <c>multipleauthn</c> among the authentication method references (docs/getting-started.md has the rules).
/// </summary>
internal sealed class AdfsProvider : IIdentityProvider
{
    internal const string MethodReferences = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    internal const string MultipleAuthn = "http://schemas.microsoft.com/claims/multipleauthn";
    internal const string MfaInstant = "http://schemas.microsoft.com/ws/2017/04/identity/claims/multifactorauthenticationinstant";

    /// <summary>What AD FS and its Azure MFA adapter call the methods of RFC 8176.</summary>
    private static readonly FrozenDictionary<string, string> _methodNames = new Dictionary<string, string>
    {
        ["http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password"] = "pwd",
        ["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"] = "pwd",
        ["http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows"] = "wia",
        ["urn:federation:authentication:windows"] = "wia",
        ["http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/tlsclient"] = "swk",
        ["http://schemas.microsoft.com/ws/2012/12/authmethod/otp"] = "otp",
        ["http://schemas.microsoft.com/ws/2012/12/authmethod/phoneotp"] = "otp",
        ["http://schemas.microsoft.com/ws/2012/12/authmethod/smsotp"] = "sms",
        ["http://schemas.microsoft.com/ws/2012/12/authmethod/phoneconfirmation"] = "tel",
        ["http://schemas.microsoft.com/ws/2012/12/authmethod/phoneappnotification"] = "mca",
        [MultipleAuthn] = "mfa",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public string Kind => "Adfs";

    public string Authority(ProviderOptions options) => options.Authority!.TrimEnd('/');

    public ProviderProfile Describe(ProviderOptions options) => new()
    {
        Scopes = options.Scopes.Count > 0 ? [.. options.Scopes] : ["openid", "allatclaims"],
        RefreshScope = null, // the Web API says who gets one (-IssueOAuthRefreshTokensTo)
        Mfa = options.Evidence.Mfa.Count > 0
            ? [.. options.Evidence.Mfa]
            : [Row("gw_mfa", "1"), Row(MethodReferences, MultipleAuthn), Row("amr", MultipleAuthn)],
        Methods = options.Evidence.Methods.Count > 0 ? [.. options.Evidence.Methods] : ["amr", MethodReferences],
        MethodNames = options.Evidence.MethodNames.Count > 0 ? options.Evidence.MethodNames : _methodNames,
        Contexts = [.. options.Evidence.Contexts],
        MfaTimes = options.Evidence.MfaTime is { } time ? [time] : [MfaInstant, "auth_time"],
        Managed = options.Evidence.Managed.Count > 0
            ? [.. options.Evidence.Managed]
            : [Row("http://schemas.microsoft.com/2012/01/devicecontext/claims/ismanaged", "true")],
        AssertionAlgorithm = options.AssertionAlgorithm ?? "RS256", // the only one AD FS lists in its metadata
        ArrayClaims = [], // AD FS writes a claim with one value as a string, whatever its name
    };

    public void Register(AuthenticationBuilder builder, string scheme, ProviderOptions options) => builder.AddOpenIdConnect(scheme, _ => { });

    public void Ask(OpenIdConnectMessage request, ProviderOptions options, SignInRequest wanted)
    {
        request.Resource = options.Resource;
        if (wanted.Ask.Mfa)
        {
            foreach (var (name, value) in options.StepUp.Count > 0 ? options.StepUp : DefaultStepUp()) request.SetParameter(name, value);
        }

        if (wanted.Ask.MaxAge is { } age) request.MaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    internal static ClaimRule Row(string claim, params string[] values) => new() { Claim = claim, AnyOf = [.. values] };

    /// <summary>The <c>acr</c> element of <c>resource_params</c> is documented in [MS-OAPX] 2.2.2, the value by analogy with <c>wauth</c>; where a farm refuses
    /// it, the access control policy on the Web API asks anyway and <c>StepUp</c> can name something else.</summary>
    private static Dictionary<string, string> DefaultStepUp() => new(StringComparer.Ordinal)
    {
        ["resource_params"] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"acr":"{{MultipleAuthn}}"}""")),
    };
}
