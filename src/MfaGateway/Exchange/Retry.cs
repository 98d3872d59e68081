using System.Security.Cryptography;
using MfaGateway.Nodes;
using MfaGateway.Outcome;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Exchange;

/// <summary>
/// Sends a request to another server when the first one fails and nothing can be done twice by that: a read, or a request of which no byte was sent. An OWA
/// POST sends mail, so it is never repeated on a guess. Keeps a session on its server while that is healthy.
/// </summary>
internal sealed class Retry(OutcomeWriter outcome, ConnectionHealthPolicy health)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var gateway = GatewayFeature.Of(context);
        var candidates = proxy.AvailableDestinations;
        if (Preferred(gateway, candidates) is { } preferred) proxy.AvailableDestinations = preferred;
        while (candidates.Count > 0)
        {
            await next(context);
            if (proxy.ProxiedDestination is { } tried) health.RequestProxied(context, proxy.Route.Cluster!, tried);
            gateway.Destination = proxy.ProxiedDestination?.DestinationId;
            var error = context.Features[typeof(IForwarderErrorFeature)] as IForwarderErrorFeature;
            if (error is null || error.Error is ForwarderError.None)
            {
                if (gateway.Session is { } session) session.Destination = gateway.SignOnRefused ? null : gateway.Destination; // another server may know the user
                return;
            }

            if (context.RequestAborted.IsCancellationRequested) return;
            if (gateway.Session is { } affected) affected.Destination = null; // its next request shall not be kept at a server that fails
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            candidates = [.. candidates.Where(d => d != proxy.ProxiedDestination)];
            if (candidates.Count == 0 || !MayRepeat(context.Request, error))
            {
                await outcome.RefuseAsync(context, Refused(error));
                return;
            }

            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            proxy.AvailableDestinations = candidates;
        }

        await outcome.RefuseAsync(context, Refusal.NoServer);
    }

    /// <summary>No connection came about: name, network or TLS failed before the first byte of the request.</summary>
    public static bool NothingWasSent(IForwarderErrorFeature? error) =>
        error?.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        };

    private static bool MayRepeat(HttpRequest request, IForwarderErrorFeature error) =>
        NothingWasSent(error)
        || ((HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && error.Error is ForwarderError.Request or ForwarderError.RequestTimedOut);

    private static Refusal Refused(IForwarderErrorFeature error) =>
        IsTooLarge(error.Exception) ? Refusal.TooLarge
        : error.Error is ForwarderError.RequestBodyClient ? Refusal.Malformed
        : NothingWasSent(error) ? Refusal.NoServer
        : error.Exception is CryptographicException e && RedisConnection.IsAway(e) ? Refusal.StoreDown // a cookie could not be opened, so nothing was sent
        : Refusal.ServerFailed;

    /// <summary>A body without a stated length that went over its limit on the way.</summary>
    private static bool IsTooLarge(Exception? failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }) return true;
        }

        return failure is AggregateException several && several.InnerExceptions.Any(IsTooLarge);
    }

    /// <summary>The session's server alone; null when it has none, that is not healthy, or there is no other one.</summary>
    private static DestinationState[]? Preferred(GatewayFeature gateway, IReadOnlyList<DestinationState> candidates)
    {
        if (candidates.Count == 1 || gateway.Session?.Destination is not { } id) return null;
        for (var n = 0; n < candidates.Count; n++)
        {
            if (candidates[n].DestinationId == id) return [candidates[n]];
        }

        return null;
    }
}
