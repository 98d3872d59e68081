using MfaGateway.Audit;
using MfaGateway.Outcome;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>Ends a sign-in: with a session and the page asked for, or with a page that says why not. Both are recorded.</summary>
internal sealed class SignInCompletion(
    SessionRegistry sessions, SessionCookie cookie, AuditTrail audit, OutcomeWriter outcome, TimeProvider time, ILogger<SignInCompletion> logger)
{
    /// <summary>The problem of a provider that was asked for a fresh sign-in and did not make one.</summary>
    internal const string NotFresh = "The provider did not sign the user in afresh (auth_time).";

    /// <summary>A new handle at every sign-in and step-up; the session it replaces dies in the store.</summary>
    public async Task SucceededAsync(HttpContext context, GatewaySession facts, string? replaces, string? returnTo)
    {
        var gateway = GatewayFeature.Of(context);
        var cancellation = context.RequestAborted;
        var (handle, session) = await sessions.CreateAsync(facts, cancellation);
        gateway.Session = session;
        try
        {
            await audit.RecordAsync(context, AuditActions.SignIn, success: true, "signed-in", cancellation);
        }
        catch (AuditFailedException)
        {
            await sessions.EndAsync(session.Key, CancellationToken.None); // a sign-in that cannot be recorded did not happen
            throw;
        }

        if (replaces is { Length: 64 }) await sessions.EndAsync(new SessionKey(replaces), cancellation);
        foreach (var key in await sessions.EndSurplusAsync(session, cancellation))
        {
            var line = AuditEvent.Of(context, AuditActions.SessionRevoked, success: true, "too-many-sessions", time.GetUtcNow());
            await audit.RecordAsync(line with { Session = key.Digits }, CancellationToken.None);
        }

        cookie.Write(context.Response, handle);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect(returnTo is null ? ReturnTarget.Default : ReturnTo(returnTo));
    }

    public Task RefusedByProviderAsync(HttpContext context, Provider provider, string error)
    {
        logger.SignInRefused(provider.Name, error);
        return outcome.RefuseAsync(context, Refusal.SignInDenied);
    }

    /// <summary>Anything that went wrong on the way back: each kind has its words, none a stack trace.</summary>
    public Task FailedAsync(HttpContext context, Provider provider, Exception? failure)
    {
        logger.SignInFailed(provider.Name, LogText.OneLine(failure?.Message ?? "no reason given"), GatewayFeature.Of(context).Reference);
        return outcome.RefuseAsync(context, Classify(failure));
    }

    private static Refusal Classify(Exception? failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is SessionStoreException) return Refusal.StoreDown;
            if (e is AuditFailedException) return Refusal.AuditDown;
            if (e is BadHttpRequestException { StatusCode: var status }) return status == 413 ? Refusal.TooLarge : Refusal.Malformed; // a body that is too slow, above all
            if (e is ProviderUnreachableException or HttpRequestException or TaskCanceledException) return Refusal.ProviderDown;
            if (e is OpenIdConnectProtocolException protocol && ErrorOf(protocol) is { } error) return OfError(error);
            if (e.Message == NotFresh) return Refusal.FactorMissing;
            if (IsOurState(e)) return Refusal.SignInStale;
        }

        return Refusal.SignInInvalid;
    }

    private static string? ErrorOf(OpenIdConnectProtocolException failure) => failure.Data["error"] as string;

    /// <summary>Error codes of RFC 6749 4.1.2.1 and 5.2 and OpenID Connect Core 3.1.2.6.</summary>
    private static Refusal OfError(string error) => error switch
    {
        "access_denied" or "login_required" or "interaction_required" or "consent_required" or "account_selection_required" => Refusal.SignInDenied,
        "temporarily_unavailable" or "server_error" => Refusal.ProviderDown,
        "invalid_grant" => Refusal.SignInStale,
        _ => Refusal.SignInInvalid,
    };

    /// <summary>The handler reports a state or login cookie that is missing, foreign or used by message only.</summary>
    private static bool IsOurState(Exception e) =>
        e.Message.Contains("Correlation failed", StringComparison.Ordinal) || e.Message.Contains("state", StringComparison.OrdinalIgnoreCase);

    /// <summary>The target was checked before it went into the protected state; it is checked again because it costs nothing.</summary>
    private static string ReturnTo(string target)
    {
        var hash = target.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? ReturnTarget.From(target) : ReturnTarget.From(target[..hash], target[hash..]);
    }
}
