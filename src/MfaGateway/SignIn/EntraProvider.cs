using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>
/// Entra ID through Microsoft.Identity.Web. Its v2.0 tokens carry no <c>amr</c>; MFA shows as an authentication context in <c>acrs</c>, asked for with the
/// <c>claims</c> parameter, or as <c>amr</c> with <c>mfa</c> in v1.0 tokens.
/// </summary>
internal sealed class EntraProvider : IIdentityProvider
{
    public string Kind => "Entra";

    public string Authority(ProviderOptions options) => $"{options.Instance.TrimEnd('/')}/{options.TenantId}/v2.0";

    public ProviderProfile Describe(ProviderOptions options)
    {
        List<ClaimRule> mfa = [.. options.Evidence.Mfa];
        if (mfa.Count == 0)
        {
            if (options.AuthenticationContext is { } context) mfa.Add(AdfsProvider.Row("acrs", Spellings(context)));
            mfa.Add(AdfsProvider.Row("amr", "mfa", "ngcmfa"));
        }

        return new ProviderProfile
        {
            Scopes = options.Scopes.Count > 0 ? [.. options.Scopes] : ["openid", "profile"],
            Mfa = mfa,
            Methods = options.Evidence.Methods.Count > 0 ? [.. options.Evidence.Methods] : ["amr"],
            MethodNames = options.Evidence.MethodNames,
            Contexts = options.Evidence.Contexts.Count > 0 ? [.. options.Evidence.Contexts] : ["acrs"],
            MfaTimes = [options.Evidence.MfaTime ?? "auth_time"],
            Managed = [.. options.Evidence.Managed],
            AssertionAlgorithm = options.AssertionAlgorithm ?? "PS256",
            Tenant = options.TenantId,
            AlwaysMfa = options.Evidence.TrustConditionalAccess,
        };
    }

    public void Register(AuthenticationBuilder builder, string scheme, ProviderOptions options) => builder.AddMicrosoftIdentityWebApp(
        entra =>
        {
            entra.Instance = options.Instance;
            entra.TenantId = options.TenantId;
            entra.ClientId = options.ClientId;
        },
        configureCookieAuthenticationOptions: null,
        openIdConnectScheme: scheme,
        cookieScheme: null);

    public void Ask(OpenIdConnectMessage request, ProviderOptions options, SignInRequest wanted)
    {
        var contexts = wanted.Ask.Contexts.ToList();
        if (wanted.Ask.Mfa && options.AuthenticationContext is { } own) contexts.Insert(0, own);
        contexts = [.. contexts.Select(Lower).Distinct()];
        if (contexts.Count > 0) request.SetParameter("claims", ContextClaims(contexts));
        if (wanted.Ask.Mfa)
        {
            foreach (var (name, value) in options.StepUp) request.SetParameter(name, value);
        }

        if (wanted.Ask.MaxAge is { } age)
        {
            // Entra documents no max_age; prompt=login makes the sign-in fresh and auth_time shows it
            request.MaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            request.Prompt = "login";
        }
    }

    /// <summary>Microsoft's pages write both <c>C1</c> and <c>c1</c>.</summary>
    private static string[] Spellings(string context) => [Lower(context), context.ToUpperInvariant()];

#pragma warning disable CA1308 // the documented form of a context id is lower case
    private static string Lower(string context) => context.ToLowerInvariant();
#pragma warning restore CA1308

    private static string ContextClaims(List<string> contexts)
    {
        object acrs = contexts.Count == 1
            ? new Dictionary<string, object> { ["essential"] = true, ["value"] = contexts[0] }
            : new Dictionary<string, object> { ["essential"] = true, ["values"] = contexts };
        return JsonSerializer.Serialize(new Dictionary<string, object> { ["id_token"] = new Dictionary<string, object> { ["acrs"] = acrs } });
    }
}
