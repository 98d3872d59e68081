using MfaGateway.Configuration;
using MfaGateway.Lifecycle;
using MfaGateway.Outcome;
using MfaGateway.Policy;
using MfaGateway.Shield;
using MfaGateway.SignIn;
using MfaGateway.SignOn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace MfaGateway.Exchange;

/// <summary>Makes the request to Exchange from scratch: the canonical target, the allowed headers, our own forwarding headers, the sign-on.</summary>
internal sealed class ExchangeTransformer(
    GatewaySettings settings, IEnumerable<IBackendSignOn> methods, ProviderCatalog providers, CookieOwner owner, MailboxRoute routes, OutcomeWriter outcome, Drain drain)
    : HttpTransformer
{
    private readonly Dictionary<string, IBackendSignOn> _methods = methods.ToDictionary(m => m.Name, StringComparer.OrdinalIgnoreCase);

    private IBackendSignOn Method => _methods[settings.Current.Exchange.SignOn.Method];

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var gateway = GatewayFeature.Of(httpContext);
        if (gateway.Decision.Kind is not DecisionKind.Allow || gateway.Publication is null)
            throw new InvalidOperationException("A request that the policy did not allow reached the forwarder.");

        var options = settings.Current;
        RequestHeaders.Copy(httpContext.Request, proxyRequest, options, routes, gateway.Session, CookieOwner.Owns(httpContext.Request, gateway.Session));
        proxyRequest.Headers.Host = settings.Authority;
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", gateway.Source?.ToString() ?? "unknown");
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", options.PublicOrigin!.Scheme);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", settings.Authority);
        proxyRequest.RequestUri = new Uri(
            destinationPrefix.TrimEnd('/') + gateway.Target!.Encoded + gateway.Target.Query,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }); // canonical already; a second opinion could differ
        if (gateway is { Session: { } session, Publication.Anonymous: false } && Method.ConnectionsOf(session) is { } own)
            proxyRequest.Options.Set(ExchangeConnections.OfSession, own);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not { } answer) return false; // the failure is answered later, or another server
        await base.TransformResponseAsync(httpContext, answer, cancellationToken);
        var gateway = GatewayFeature.Of(httpContext);
        if (WhatIsWrong(answer, httpContext) is { } refusal)
        {
            gateway.SignOnRefused = answer is RefusedAnswer;
            await outcome.RefuseAsync(httpContext, refusal);
            return false;
        }

        var exchange = settings.Current.Exchange;
        ResponseHeaders.Copy(answer, httpContext.Response, PassThroughSignOn.Serves(exchange.SignOn), routes, gateway.Session);
        BrowserProtection.Add(httpContext.Response, gateway.Target!, gateway.Publication!, exchange.BlockScriptAttributes);
        if (RequestShape.IsHanging(gateway.Target!)) answer.Content = new EndableContent(answer.Content, drain.HangingEnds);
        if (gateway.Session is { } session) owner.Claim(httpContext, session);
        return true;
    }

    /// <summary>None: Exchange sends none, and they would come past what is done with headers.</summary>
    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A 401 without its challenge, which never leaves, would be an empty page.</summary>
    private Refusal? WhatIsWrong(HttpResponseMessage answer, HttpContext context) =>
        answer is RefusedAnswer refused ? refused.Refusal
        : !MayRedirectTo(context.Response.Headers.Location) ? Refusal.ForeignRedirect
        : answer.StatusCode is System.Net.HttpStatusCode.Unauthorized && RequestShape.IsNavigation(context) ? Refusal.SignOnFailed
        : null;

    /// <summary>Our own origin, the hosts in the configuration, and the identity providers, where Exchange keeps its own logon.</summary>
    private bool MayRedirectTo(StringValues location)
    {
        if (location.Count == 0) return true;
        return location is [{ } text] && RedirectTarget.TryRead(text, out var target) && (target is null || MayRedirectTo(target));
    }

    private bool MayRedirectTo(Uri target)
    {
        if (target.Scheme == Uri.UriSchemeHttp) return settings.Current.Exchange.RedirectHosts.Contains(target.Host, StringComparer.OrdinalIgnoreCase);
        return string.Equals(target.Authority, settings.Authority, StringComparison.OrdinalIgnoreCase)
            || settings.Current.Exchange.RedirectHosts.Contains(target.Host, StringComparer.OrdinalIgnoreCase)
            || PassThroughSignOn.Serves(settings.Current.Exchange.SignOn)
                && providers.All.Any(p => new Uri(p.Authority).Authority.Equals(target.Authority, StringComparison.OrdinalIgnoreCase));
    }
}
