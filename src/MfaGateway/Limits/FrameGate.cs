using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using MfaGateway.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Limits;

/// <summary>Ends HTTP/2 connections of browsers on which too many frames carry no work: the server itself answers settings and pings without end.</summary>
internal sealed class FrameGate(RequestLimits limits, GatewaySettings settings, TimeProvider time, ILogger<FrameGate> logger)
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    public Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var isHttp2 = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual(SslApplicationProtocol.Http2.Protocol.Span) ?? false;
        var source = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!isHttp2 || settings.Current.ForwardedHeaders.Lists(source)) return next(connection); // a balancer's connection carries the resets of many people
        var (count, since) = (0, time.GetTimestamp());
        connection.Transport = new Metered(new MeteredReader(connection.Transport.Input, Take), connection.Transport.Output);
        return next(connection);

        void Take(int idleFrames)
        {
            count += idleFrames;
            if (count <= settings.Current.Limits.IdleFramesPerMinute) return;
            if (time.GetElapsedTime(since) >= _period)
            {
                (count, since) = (0, time.GetTimestamp());
                return;
            }

            if (limits.IsWorthALine("frames", AddressGroup.Of(source))) logger.TooManyFrames(source);
            connection.Abort(new ConnectionAbortedException("Too many HTTP/2 frames carry no work."));
        }
    }

    private sealed record Metered(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
