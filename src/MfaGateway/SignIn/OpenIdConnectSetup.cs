using MfaGateway.Configuration;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>Sets up the OpenID Connect handler for every provider alike, and closes what the stock handler leaves open. It has the last word, after
/// Microsoft.Identity.Web.</summary>
internal sealed class OpenIdConnectSetup(ProviderCatalog providers, BackChannel backChannel, SignInEvents events, GatewaySettings settings, TimeProvider time)
    : IPostConfigureOptions<OpenIdConnectOptions>
{
    /// <summary>Time a person has to sign in: the life of the login-state cookie.</summary>
    internal static readonly TimeSpan SignInTime = TimeSpan.FromMinutes(15);

    public void PostConfigure(string? name, OpenIdConnectOptions options)
    {
        if (name is null || providers.FindByScheme(name) is not { } provider) return;

        var metadata = backChannel.MetadataOf(provider);
        options.Authority = provider.Authority;
        options.ClientId = provider.Options.ClientId;
        options.ClientSecret = null; // put in by ClientAssertion, so that it stands in one place
        options.CallbackPath = Provider.CallbackPath(provider.Name);
        options.RemoteSignOutPath = PathString.Empty; // sign-out is SignOutEndpoints' business
        options.SignedOutCallbackPath = PathString.Empty;
        options.SignInScheme = "gateway"; // never used: SignInEvents makes the session itself
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.FormPost;
        options.UsePkce = provider.Options.Pkce;
        options.PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable;
        options.GetClaimsFromUserInfoEndpoint = false; // AD FS gives only sub there (AD FS FAQ)
        options.SaveTokens = false;
        options.MapInboundClaims = false;
        options.DisableTelemetry = true;
        options.Scope.Clear();
        foreach (var scope in provider.Profile.Scopes) options.Scope.Add(scope);
        if (settings.Current.Sessions.Recheck.Every is not null && provider.Profile.RefreshScope is { } refresh) options.Scope.Add(refresh);
        options.Backchannel = backChannel.ClientOf(provider);
        options.ConfigurationManager = metadata;
        options.TokenHandler = new StrictTokenHandler(provider, metadata, time);
        options.ProtocolValidator = new NonceIsInTheState { RequireNonce = false, RequireStateValidation = false };
        options.RemoteAuthenticationTimeout = SignInTime;
        options.TimeProvider = time;
        SetCookies(options);
        events.Attach(options, provider);
    }

    /// <summary>One small cookie per sign-in under way, sent to the callback only, so that fifty tabs at once do not fill the header of every request. It has
    /// the prefix __Secure- because __Host- demands the path "/".</summary>
    private static void SetCookies(OpenIdConnectOptions options)
    {
        options.CorrelationCookie.Name = "__Secure-mfagw-login.";
        options.CorrelationCookie.Path = options.CallbackPath; // Microsoft.Identity.Web brings a builder of its own, made for another callback
        options.CorrelationCookie.SameSite = SameSiteMode.None; // the answer comes as a post from the provider's site
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
        options.CorrelationCookie.HttpOnly = true;
        options.CorrelationCookie.IsEssential = true;
        options.CorrelationCookie.MaxAge = SignInTime;
    }

    /// <summary>The nonce is kept in the protected state, which the login cookie binds to the browser, and compared in <see cref="SignInEvents"/>; the stock
    /// cookie of its own would double the cookies.</summary>
    private sealed class NonceIsInTheState : OpenIdConnectProtocolValidator
    {
        protected override void ValidateNonce(OpenIdConnectProtocolValidationContext validationContext)
        {
        }
    }
}
