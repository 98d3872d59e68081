using System.Security.Cryptography;
using System.Text.Json;
using MfaGateway.Limits;
using MfaGateway.Outcome;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.SignIn;

/// <summary>Sends a browser to the identity provider. What is asked for, what the page was and which session this replaces travel in the protected state.</summary>
internal sealed class SignInStarter(
    ProviderCatalog providers, BackChannel backChannel, RequestLimits limits, LimitAnswer answer, IDataProtectionProvider protection)
{
    internal const string AskItem = "gateway.ask";
    internal const string NonceItem = "gateway.nonce";
    internal const string ReplacesItem = "gateway.replaces";
    internal const string StepUpItem = "gateway.step-up";
    internal const string LoginHintItem = "gateway.login-hint";

    private readonly IDataProtector _asks = protection.CreateProtector("MfaGateway.StepUp.v1");

    /// <summary>A sign-in for a page that was asked for without a session.</summary>
    public async Task StartAsync(HttpContext context)
    {
        var target = GatewayFeature.Of(context).Target!;
        var returnTo = ReturnTarget.From(target.Encoded + target.Query);
        var loginHint = target.SingleQueryValue("login_hint");
        if (KeepsFragment(context.Request) || !providers.TryChoose(loginHint, target.SingleQueryValue("whr"), out var provider))
        {
            context.Response.Redirect($"/.gateway/signin?return={Uri.EscapeDataString(returnTo)}");
            return;
        }

        await StartAsync(context, provider, returnTo, loginHint);
    }

    /// <summary>A sign-in at a provider that was chosen.</summary>
    public Task StartAsync(HttpContext context, Provider provider, string returnTo, string? loginHint) =>
        ChallengeAsync(context, provider, returnTo, new SignInRequest(new SignInAsk { Mfa = provider.Options.AskForMfaAtSignIn }, loginHint, StepUp: false));

    /// <summary>A sign-in that is to bring what a session lacks.</summary>
    public async Task StepUpAsync(HttpContext context, LiveSession session, SignInAsk ask)
    {
        var target = GatewayFeature.Of(context).Target!;
        var returnTo = ReturnTarget.From(target.Encoded + target.Query);
        if (KeepsFragment(context.Request))
        {
            var note = _asks.Protect(JsonSerializer.Serialize(ask, SessionJson.Default.SignInAsk)); // nobody else may send people to a stronger sign-in
            context.Response.Redirect($"/.gateway/signin?return={Uri.EscapeDataString(returnTo)}&ask={note}");
            return;
        }

        await StepUpAsync(context, session, ask, returnTo);
    }

    /// <summary>The same behind the page that keeps the fragment.</summary>
    public async Task StepUpAsync(HttpContext context, LiveSession session, SignInAsk ask, string returnTo)
    {
        var provider = providers.Find(session.Facts.Provider);
        if (provider is null)
        {
            await StartAsync(context); // its provider was taken out of the configuration
            return;
        }

        await ChallengeAsync(context, provider, returnTo, new SignInRequest(ask, session.Facts.User, StepUp: true));
    }

    /// <summary>The same sign-in once more at the session's provider, which as a rule remembers the person and asks nothing.</summary>
    public Task AgainAsync(HttpContext context, LiveSession session) =>
        StepUpAsync(context, session, new SignInAsk { Mfa = providers.Find(session.Facts.Provider)?.Options.AskForMfaAtSignIn ?? true });

    /// <summary>Whether the session's provider answers.</summary>
    public async Task<bool> IsReachableAsync(LiveSession session, CancellationToken cancellationToken)
    {
        if (providers.Find(session.Facts.Provider) is not { } provider) return true; // there are others
        try
        {
            await backChannel.MetadataOf(provider).CheckReachableAsync(cancellationToken);
            return true;
        }
        catch (ProviderUnreachableException)
        {
            return false;
        }
    }

    /// <summary>What a step-up asks for, as this gateway noted it in an address; null when there is none.</summary>
    public SignInAsk? ReadAsk(string? note)
    {
        if (string.IsNullOrEmpty(note)) return null;
        try
        {
            return JsonSerializer.Deserialize(_asks.Unprotect(note), SessionJson.Default.SignInAsk);
        }
        catch (CryptographicException)
        {
            return null; // an ordinary sign-in then, and the policy asks again
        }
    }

    private async Task ChallengeAsync(HttpContext context, Provider provider, string returnTo, SignInRequest wanted)
    {
        var gateway = GatewayFeature.Of(context);
        var steppingUp = wanted.StepUp && gateway.Session is not null;
        if (!(steppingUp ? limits.BeginsStepUp(gateway.Session!) : limits.BeginsSignIn(gateway.Source)))
        {
            await answer.RefuseAsync(context, steppingUp ? Refusal.TooManyStepUps : Refusal.TooManySignIns);
            return;
        }

        await backChannel.MetadataOf(provider).CheckReachableAsync(context.RequestAborted);
        var properties = new AuthenticationProperties { RedirectUri = returnTo };
        properties.Items[AskItem] = JsonSerializer.Serialize(wanted.Ask, SessionJson.Default.SignInAsk);
        properties.Items[NonceItem] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        properties.Items[ReplacesItem] = gateway.Session?.Key.Value;
        if (wanted.StepUp) properties.Items[StepUpItem] = "1";
        if (wanted.LoginHint is { Length: <= 320 } hint) properties.Items[LoginHintItem] = hint; // RFC 3696, longest address
        context.Response.Headers.CacheControl = "no-store";
        await context.ChallengeAsync(provider.Scheme, properties);
    }

    /// <summary>
    /// A browser that tells a top-level navigation apart runs script, and its address may have a part behind <c>#</c> (OWA keeps the folder there) that no
    /// server ever sees and the provider's pages lose. It takes one hop over our own page, which notes that part; everybody else goes straight.
    /// </summary>
    private static bool KeepsFragment(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers["Sec-Fetch-Dest"] == "document" && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Upgrade-Insecure-Requests"] == "1";
}
