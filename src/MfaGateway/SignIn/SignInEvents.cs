using System.Collections.Concurrent;
using System.Text.Json;
using MfaGateway.Configuration;
using MfaGateway.Outcome;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>What happens between leaving for the provider and having a session: the checks that the handler does not make, and our own session.</summary>
internal sealed class SignInEvents(
    GatewaySettings settings, ClientAssertion assertion, SignInCompletion completion, TimeProvider time, ILogger<SignInEvents> logger)
{
    /// <summary>A longer token does not fit into the address of a sign-out; the provider then asks the person.</summary>
    private const int MaxHint = 8_192;

    private static readonly object _facts = new();

    /// <summary>Providers that gave no refresh token although one was asked for: said once.</summary>
    private readonly ConcurrentDictionary<string, bool> _withoutToken = new(StringComparer.OrdinalIgnoreCase);

    public void Attach(OpenIdConnectOptions options, Provider provider)
    {
        var dialect = options.Events.OnRedirectToIdentityProvider; // Microsoft.Identity.Web's own, for Entra
        options.Events = new OpenIdConnectEvents
        {
            OnRedirectToIdentityProvider = async context =>
            {
                await dialect(context);
                Ask(context, provider);
            },
            OnMessageReceived = context => CheckAnswerAsync(context, provider),
            OnAuthorizationCodeReceived = async context => await AuthenticateClientAsync(context, provider),
            OnTokenValidated = context =>
            {
                if (Check(context, provider) is { } problem) context.Fail(new AuthenticationFailureException(problem));
                return Task.CompletedTask;
            },
            OnTicketReceived = CompleteAsync,
            OnAccessDenied = async context =>
            {
                context.HandleResponse();
                await completion.RefusedByProviderAsync(context.HttpContext, provider, "access_denied");
            },
            OnRemoteFailure = async context =>
            {
                context.HandleResponse();
                await completion.FailedAsync(context.HttpContext, provider, context.Failure);
            },
        };
    }

    private void Ask(RedirectContext context, Provider provider)
    {
        var items = context.Properties.Items;
        var ask = JsonSerializer.Deserialize(items[SignInStarter.AskItem]!, SessionJson.Default.SignInAsk)!;
        var hint = items.TryGetValue(SignInStarter.LoginHintItem, out var value) ? value : null;
        var request = context.ProtocolMessage;
        request.RedirectUri = settings.Origin + Provider.CallbackPath(provider.Name); // never built from the Host header
        request.Nonce = items[SignInStarter.NonceItem];
        request.LoginHint = hint;
        provider.Dialect.Ask(request, provider.Options, new SignInRequest(ask, hint, items.ContainsKey(SignInStarter.StepUpItem)));
    }

    /// <summary>RFC 6749, 3.1: no parameter stands twice, because readers differ in which one they take. RFC 9207: an answer that names another issuer comes from another provider, and
    /// its code must not be taken to ours (mix-up).</summary>
    private static async Task CheckAnswerAsync(MessageReceivedContext context, Provider provider)
    {
        if (await RepeatsAsync(context.Request, context.HttpContext.RequestAborted))
        {
            context.Fail(new AuthenticationFailureException($"The answer of provider '{provider.Name}' repeats a parameter."));
            return;
        }

        var configuration = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        Clean(context.ProtocolMessage);
        var issuer = context.ProtocolMessage.Iss;
        if (string.IsNullOrEmpty(issuer) ? configuration.AuthorizationResponseIssParameterSupported : issuer != configuration.Issuer)
            context.Fail(new AuthenticationFailureException($"The answer names issuer '{issuer}' instead of '{configuration.Issuer}' (provider '{provider.Name}')."));
    }

    private static async Task<bool> RepeatsAsync(HttpRequest request, CancellationToken cancellation) =>
        request.Query.Any(field => field.Value.Count > 1)
        || (request.HasFormContentType && (await request.ReadFormAsync(cancellation)).Any(field => field.Value.Count > 1)); // the handler has read it: no second reading

    /// <summary>Anybody can post these, and messages and logs of the handler repeat them: no line ends, no megabytes.</summary>
    private static void Clean(OpenIdConnectMessage answer)
    {
        foreach (var name in new[] { OpenIdConnectParameterNames.Iss, OpenIdConnectParameterNames.Error, OpenIdConnectParameterNames.ErrorDescription, OpenIdConnectParameterNames.ErrorUri })
        {
            if (answer.GetParameter(name) is { Length: > 0 } text) answer.SetParameter(name, LogText.OneLine(text));
        }
    }

    private async Task AuthenticateClientAsync(AuthorizationCodeReceivedContext context, Provider provider)
    {
        var configuration = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        assertion.Apply(context.TokenEndpointRequest!, provider, configuration.TokenEndpoint);
    }

    /// <summary>What is wrong with a token that is signed, alive, and from the right issuer; null when nothing is.</summary>
    private string? Check(TokenValidatedContext context, Provider provider)
    {
        if (context.TokenEndpointResponse?.IdToken is not { } raw) return "There is no ID token.";
        if (TokenChecks.Payload(raw) is not { } token) return "The ID token repeats a claim or is not JSON.";

        var now = time.GetUtcNow();
        var items = context.Properties!.Items;
        var ask = JsonSerializer.Deserialize(items[SignInStarter.AskItem]!, SessionJson.Default.SignInAsk)!;
        if (TokenChecks.Find(token, provider, now, items[SignInStarter.NonceItem]!, context.ProtocolMessage.Code, raw) is { } problem) return problem;
        if (!TokenChecks.IsFresh(token, provider, now, ask.MaxAge)) return SignInCompletion.NotFresh;
        if (AuthenticationEvidence.Read(token, provider, now) is not { } facts) return "The ID token names no user.";

        context.HttpContext.Items[_facts] = facts with
        {
            Asked = ask,
            IdTokenHint = raw.Length <= MaxHint ? raw : null,
            Recheck = ForRecheck(context.TokenEndpointResponse.RefreshToken, items[SignInStarter.NonceItem], provider, now),
        };
        return null;
    }

    private RecheckState? ForRecheck(string? refreshToken, string? nonce, Provider provider, DateTimeOffset now)
    {
        if (settings.Current.Sessions.Recheck.Every is not { } every) return null;
        if (string.IsNullOrEmpty(refreshToken) && _withoutToken.TryAdd(provider.Name, true)) logger.NoRefreshToken(provider.Name, every);
        return new RecheckState { ConfirmedAt = now, RefreshToken = string.IsNullOrEmpty(refreshToken) ? null : refreshToken, Nonce = nonce };
    }

    private async Task CompleteAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var facts = (GatewaySession)context.HttpContext.Items[_facts]!;
        var replaces = context.Properties!.Items.TryGetValue(SignInStarter.ReplacesItem, out var key) ? key : null;
        await completion.SucceededAsync(context.HttpContext, facts, replaces, context.ReturnUri);
    }
}
