using MfaGateway.Configuration;
using MfaGateway.Lifecycle;
using MfaGateway.Outcome;
using MfaGateway.Policy;
using MfaGateway.Shield;
using MfaGateway.SignIn;
using MfaGateway.SignOn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace MfaGateway.Exchange;

/// <summary>Makes the request to Exchange from scratch: the canonical target, the allowed headers, our own forwarding headers, the sign-on.</summary>
internal sealed class ExchangeTransforms(
    GatewaySettings settings, IEnumerable<IBackendSignOn> methods, ProviderCatalog providers, CookieOwner owner, MailboxRoute routes, OutcomeWriter outcome, Drain drain)
    : ITransformProvider
{
    private readonly Dictionary<string, IBackendSignOn> _methods = methods.ToDictionary(m => m.Name, StringComparer.OrdinalIgnoreCase);

    private IBackendSignOn Method => _methods[settings.Current.Exchange.SignOn.Method];

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        context.CopyRequestHeaders = false;
        context.CopyResponseTrailers = false;
        context.UseDefaultForwarders = false;
        context.AddRequestTransform(MakeRequestAsync);
        context.AddResponseTransform(MakeResponseAsync);
    }

    private ValueTask MakeRequestAsync(RequestTransformContext context)
    {
        var gateway = GatewayFeature.Of(context.HttpContext);
        if (gateway.Decision.Kind is not DecisionKind.Allow || gateway.Publication is null)
            throw new InvalidOperationException("A request that the policy did not allow reached the forwarder.");

        var request = context.ProxyRequest;
        request.Headers.Clear();
        RequestHeaders.Copy(context.HttpContext.Request, request, settings.Current, routes, gateway.Session, CookieOwner.Owns(context.HttpContext.Request, gateway.Session));
        request.Headers.Host = settings.Authority;
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", gateway.Source?.ToString() ?? "unknown");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", settings.Current.PublicOrigin!.Scheme);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", settings.Authority);
        request.RequestUri = new Uri(
            context.DestinationPrefix.TrimEnd('/') + gateway.Target!.Encoded + gateway.Target.Query,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }); // canonical already; a second opinion could differ
        if (gateway is { Session: { } session, Publication.Anonymous: false } && Method.ConnectionsOf(session) is { } own)
            request.Options.Set(ExchangeConnections.OfSession, own);
        return ValueTask.CompletedTask;
    }

    private async ValueTask MakeResponseAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is not { } answer) return;
        var gateway = GatewayFeature.Of(context.HttpContext);
        if (WhatIsWrong(answer, context.HttpContext) is { } refusal)
        {
            context.SuppressResponseBody = true;
            gateway.SignOnRefused = answer is RefusedAnswer;
            gateway.Destination = context.HttpContext.GetReverseProxyFeature().ProxiedDestination?.DestinationId;
            await outcome.RefuseAsync(context.HttpContext, refusal);
            return;
        }

        ResponseHeaders.Copy(answer, context.HttpContext.Response, PassThroughSignOn.Serves(settings.Current.Exchange.SignOn), routes, gateway.Session);
        BrowserProtection.Add(context.HttpContext.Response, gateway.Target!, gateway.Publication!, settings.Current.Exchange.BlockScriptAttributes);
        if (RequestShape.IsHanging(gateway.Target!)) answer.Content = new EndableContent(answer.Content, drain.HangingEnds);
        if (gateway.Session is { } session) owner.Claim(context.HttpContext, session);
    }

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
