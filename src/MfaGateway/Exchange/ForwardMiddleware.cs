using System.Security.Cryptography;
using MfaGateway.Nodes;
using MfaGateway.Outcome;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace MfaGateway.Exchange;

/// <summary>
/// The end of the way for what was allowed: sends a request to a server, and to another one when the first fails and nothing can be done twice by that: a read, or a
/// request of which no byte was sent. An OWA POST sends mail, so it is never repeated on a guess.
/// </summary>
internal sealed class ForwardMiddleware(
    RequestDelegate next, IProxyStateLookup pool, ServerChoice choice, IHttpForwarder forwarder, ExchangeTransformer transformer, ConnectionHealthPolicy health, OutcomeWriter outcome)
{
    public Task InvokeAsync(HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        return gateway.Publication is { } publication ? ForwardAsync(context, gateway, publication) : next(context);
    }

    private async Task ForwardAsync(HttpContext context, GatewayFeature gateway, Publication publication)
    {
        var cluster = pool.TryGetCluster(publication.Cluster, out var found) ? found : throw new InvalidOperationException($"There is no cluster '{publication.Cluster}'.");
        var model = cluster.Model; // one for all tries, whatever the settings become meanwhile
        var candidates = cluster.DestinationsState.AvailableDestinations;
        while (candidates.Count > 0)
        {
            var server = choice.Of(candidates, gateway.Session);
            gateway.Destination = server.DestinationId;
            var running = choice.RunningAt(server);
            running.Begin();
            ForwarderError error;
            try
            {
                error = await forwarder.SendAsync(context, server.Model.Config.Address, model.HttpClient, model.Config.HttpRequest!, transformer);
            }
            finally
            {
                running.End();
            }

            health.RequestProxied(context, cluster, server);
            if (error is ForwarderError.None)
            {
                if (gateway.SignOnRefused) gateway.Session?.FailedBy(server.DestinationId); // another server may know the user
                else gateway.Session?.ServedBy(server.DestinationId);
                return;
            }

            if (context.RequestAborted.IsCancellationRequested) return;
            if (ConnectionHealthPolicy.IsOfTheServer(error)) gateway.Session?.FailedBy(server.DestinationId);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            var failure = context.Features.GetRequiredFeature<IForwarderErrorFeature>();
            candidates = [.. candidates.Where(d => d != server)];
            if (candidates.Count == 0 || !MayRepeat(context.Request, failure))
            {
                await outcome.RefuseAsync(context, Refused(failure));
                return;
            }

            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
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
}
