using System.Net;
using System.Runtime.CompilerServices;
using MfaGateway.Clock;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Exchange;

/// <summary>A server is out after so many failed probes in a row and back after so many good ones. Only the status counts: Microsoft documents no body.</summary>
internal sealed class HealthcheckPolicy(GatewaySettings settings, IDestinationHealthUpdater updater, ServerReports reports, SteadyTime time) : IActiveHealthCheckPolicy
{
    private readonly ConditionalWeakTable<DestinationState, Streak> _streaks = [];

    public string Name => ExchangePool.HealthPolicy;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var options = settings.Current.Exchange.HealthCheck;
        var changes = probingResults.Select(result =>
        {
            var good = result.Response is { StatusCode: HttpStatusCode.OK };
            var length = _streaks.GetOrCreateValue(result.Destination).Add(good);
            var now = result.Destination.Health.Active;
            var next = good && (length >= options.Successes || now is DestinationHealth.Unknown) ? DestinationHealth.Healthy
                : !good && length >= options.Failures ? DestinationHealth.Unhealthy
                : now;
            if (result.Response?.Headers.Date is { } theirs) time.Witness(theirs);
            if (next is DestinationHealth.Unhealthy) reports.LeftOut(cluster, result.Destination, Problem(result));
            if (next is DestinationHealth.Healthy && good) reports.Back(cluster, result.Destination);
            return new NewActiveDestinationHealth(result.Destination, next);
        }).ToArray();
        updater.SetActive(cluster, changes);
    }

    private static string Problem(DestinationProbingResult result) =>
        result.Response is { } answer ? $"healthcheck.htm answers {(int)answer.StatusCode}"
        : result.Exception is OperationCanceledException ? "healthcheck.htm is not answered in time"
        : $"healthcheck.htm cannot be asked for: {result.Exception?.GetBaseException().Message}";

    private sealed class Streak
    {
        private bool _good;
        private int _length;

        public int Add(bool good)
        {
            _length = good == _good ? _length + 1 : 1;
            _good = good;
            return _length;
        }
    }
}

/// <summary>A server that cannot be connected to is left alone for a while, at once: probes find it again.</summary>
internal sealed class ConnectionHealthPolicy(GatewaySettings settings, IDestinationHealthUpdater updater, ServerReports reports) : IPassiveHealthCheckPolicy
{
    public string Name => ExchangePool.ConnectPolicy;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        var error = context.Features[typeof(IForwarderErrorFeature)] as IForwarderErrorFeature;
        if (error is null or { Error: ForwarderError.None })
        {
            reports.Succeeded(cluster, destination);
        }
        else if (ForwardMiddleware.NothingWasSent(error))
        {
            reports.LeftOut(cluster, destination, $"it cannot be connected to: {error.Exception?.GetBaseException().Message}");
            updater.SetPassive(cluster, destination, DestinationHealth.Unhealthy, settings.Current.Exchange.HealthCheck.RetryAfter);
        }
        else if (IsOfTheServer(error.Error) && !context.RequestAborted.IsCancellationRequested)
        {
            reports.Failed(cluster, destination, $"{error.Error}: {error.Exception?.GetBaseException().Message}");
        }
    }

    /// <summary>Not the client's: one that hangs up or sends nonsense says nothing about the server.</summary>
    internal static bool IsOfTheServer(ForwarderError error) =>
        error is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyDestination or ForwarderError.ResponseHeaders
            or ForwarderError.ResponseBodyDestination;
}
