using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Lifecycle;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Limits;

/// <summary>
/// Ends HTTP/2 connections of browsers on which too many frames carry no work: the server itself answers settings and pings without end. Counts those in the audit trail, and
/// those that the server ends because what came was no HTTP/2; of that it tells nobody.
/// </summary>
internal sealed class FrameGate(RequestLimits limits, RefusalTrail refusals, GatewaySettings settings, Drain drain, TimeProvider time, ILogger<FrameGate> logger)
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    /// <summary>A server that ends a connection so soon after something came mostly does so because of what came. A body or an answer that trickles is ended so too.</summary>
    private static readonly TimeSpan _atOnce = TimeSpan.FromSeconds(1);

    private static readonly RefusalKind _flood = RefusalKind.Attack("http2-flood");
    private static readonly RefusalKind _violation = RefusalKind.Attack("http2-violation");

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var isHttp2 = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual(SslApplicationProtocol.Http2.Protocol.Span) ?? false;
        var source = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!isHttp2 || settings.Current.ForwardedHeaders.Lists(source)) // a balancer's connection carries the resets of many people
        {
            await next(connection);
            return;
        }

        var (count, since, isFlood) = (0, time.GetTimestamp(), false);
        var input = new MeteredReader(connection.Transport.Input, Take, time);
        connection.Transport = new Metered(input, connection.Transport.Output);
        await next(connection);
        if (isFlood) refusals.Count(_flood, source);
        else if (!input.IsLeft && !drain.HasBegun && time.GetElapsedTime(input.LastInput) < _atOnce) refusals.Count(_violation, source);

        void Take(int idleFrames)
        {
            count += idleFrames;
            if (count <= settings.Current.Limits.IdleFramesPerMinute) return;
            if (time.GetElapsedTime(since) >= _period)
            {
                (count, since) = (0, time.GetTimestamp());
                return;
            }

            isFlood = true;
            if (limits.IsWorthALine("frames", AddressGroup.Of(source))) logger.TooManyFrames(source);
            connection.Abort(new ConnectionAbortedException("Too many HTTP/2 frames carry no work."));
        }
    }

    private sealed record Metered(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
