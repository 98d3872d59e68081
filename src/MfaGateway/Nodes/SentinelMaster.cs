using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>
/// Which server the sentinels take for the master. The client library follows sentinels too, but never lets go of a server it once saw: an old master that
/// comes back calls itself one until a sentinel tells it otherwise (8 seconds and more), and the library would ask it, sessions and ends of sessions included.
/// </summary>
internal sealed class SentinelMaster : IDisposable
{
    private readonly ConnectionMultiplexer _sentinels;
    private readonly string _service;

    public SentinelMaster(ConfigurationOptions configuration)
    {
        _service = configuration.ServiceName!;
        var sentinels = configuration.Clone();
        (sentinels.ServiceName, sentinels.CommandMap, sentinels.TieBreaker) = (null, CommandMap.Sentinel, "");
        _sentinels = ConnectionMultiplexer.Connect(sentinels);
    }

    /// <summary>The master's address by the sentinel that knows the latest fail-over; null when none answers. One that was cut off goes on naming an old master.</summary>
    public EndPoint? Find() => _sentinels.GetServers().Select(Ask).Where(told => told is not null).MaxBy(told => told!.Value.Epoch)?.Address;

    public void Dispose() => _sentinels.Dispose();

    private (EndPoint Address, long Epoch)? Ask(IServer sentinel)
    {
        if (!sentinel.IsConnected) return null;
        try
        {
            var told = sentinel.Execute("SENTINEL", "MASTER", _service).ToDictionary();
            var (host, port) = (told["ip"].ToString(), int.Parse(told["port"].ToString(), CultureInfo.InvariantCulture));
            return (IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port), (long)told["config-epoch"]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null; // it does not answer, or does not know this master (yet)
        }
    }
}
