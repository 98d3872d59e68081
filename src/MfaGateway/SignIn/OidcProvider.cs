using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>Any certified OpenID provider. The operator's evidence table says what its claims prove; nothing is assumed.</summary>
internal sealed class OidcProvider : IIdentityProvider
{
    public string Kind => "Oidc";

    public string Authority(ProviderOptions options) => options.Authority!.TrimEnd('/');

    public ProviderProfile Describe(ProviderOptions options) => new()
    {
        Scopes = options.Scopes.Count > 0 ? [.. options.Scopes] : ["openid", "profile"],
        Mfa = [.. options.Evidence.Mfa],
        Methods = options.Evidence.Methods.Count > 0 ? [.. options.Evidence.Methods] : ["amr"],
        MethodNames = options.Evidence.MethodNames,
        Contexts = options.Evidence.Contexts.Count > 0 ? [.. options.Evidence.Contexts] : ["acr"],
        MfaTimes = [options.Evidence.MfaTime ?? "auth_time"],
        Managed = [.. options.Evidence.Managed],
        AssertionAlgorithm = options.AssertionAlgorithm ?? "RS256",
    };

    public void Register(AuthenticationBuilder builder, string scheme, ProviderOptions options) => builder.AddOpenIdConnect(scheme, _ => { });

    public void Ask(OpenIdConnectMessage request, ProviderOptions options, SignInRequest wanted)
    {
        if (wanted.Ask.Contexts.Count > 0) request.AcrValues = string.Join(' ', wanted.Ask.Contexts);
        if (wanted.Ask.Mfa)
        {
            foreach (var (name, value) in options.StepUp) request.SetParameter(name, value);
        }

        if (wanted.Ask.MaxAge is { } age) request.MaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }
}
