using System.Collections.Concurrent;
using MfaGateway.Outcome;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Model;

namespace MfaGateway.Exchange;

/// <summary>
/// Says in the log when trouble with a server begins and when it is over, one line each, however many probes and requests meet it. While no server has had any, a
/// request costs nothing here.
/// </summary>
internal sealed class ServerReports(TimeProvider time, ILogger<ServerReports> logger)
{
    /// <summary>So long without a failed request, trouble is over: a server that fails every tenth request shall not fill the log with pairs of lines.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Protocol, string Server), Trouble> _troubles = new();
    private volatile bool _hasTroubles;

    /// <summary>The server gets no requests: probes failed, or it could not be connected to.</summary>
    public void LeftOut(ClusterState cluster, DestinationState server, string why)
    {
        if (TroubleOf(cluster, server).LeaveOut()) logger.ServerLeftOut(server.DestinationId, cluster.ClusterId, LogText.OneLine(why));
    }

    /// <summary>Enough probes succeeded: the server gets requests.</summary>
    public void Back(ClusterState cluster, DestinationState server)
    {
        if (_troubles.TryGetValue((cluster.ClusterId, server.DestinationId), out var trouble) && trouble.TakeBack()) logger.ServerBack(server.DestinationId, cluster.ClusterId);
    }

    /// <summary>A request that had reached the server was not answered, or not to its end.</summary>
    public void Failed(ClusterState cluster, DestinationState server, string why)
    {
        if (TroubleOf(cluster, server).Fail(time.GetUtcNow())) logger.RequestsFail(server.DestinationId, cluster.ClusterId, LogText.OneLine(why));
    }

    /// <summary>A request was answered to its end.</summary>
    public void Succeeded(ClusterState cluster, DestinationState server)
    {
        if (!_hasTroubles || !_troubles.TryGetValue((cluster.ClusterId, server.DestinationId), out var trouble)) return;
        if (trouble.Succeed(time.GetUtcNow()) is > 0 and var failures) logger.RequestsSucceed(server.DestinationId, cluster.ClusterId, failures);
    }

    private Trouble TroubleOf(ClusterState cluster, DestinationState server)
    {
        _hasTroubles = true;
        return _troubles.GetOrAdd((cluster.ClusterId, server.DestinationId), _ => new Trouble());
    }

    private sealed class Trouble
    {
        private readonly Lock _lock = new();
        private bool _leftOut;
        private int _failures;
        private DateTimeOffset _lastFailure;

        /// <summary>True when it was not left out before.</summary>
        public bool LeaveOut()
        {
            lock (_lock) return !_leftOut && (_leftOut = true);
        }

        /// <summary>True when it was left out before.</summary>
        public bool TakeBack()
        {
            lock (_lock)
            {
                var was = _leftOut;
                _leftOut = false;
                return was;
            }
        }

        /// <summary>True for the first failure.</summary>
        public bool Fail(DateTimeOffset now)
        {
            lock (_lock)
            {
                _lastFailure = now;
                return ++_failures == 1;
            }
        }

        /// <summary>How many failures are now over; 0 when there were none, or the last one is too near.</summary>
        public int Succeed(DateTimeOffset now)
        {
            lock (_lock)
            {
                if (_failures == 0 || now - _lastFailure < Quiet) return 0;
                var failures = _failures;
                _failures = 0;
                return failures;
            }
        }
    }
}
