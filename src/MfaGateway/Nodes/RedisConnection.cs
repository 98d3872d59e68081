using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using MfaGateway.Configuration;
using MfaGateway.SignIn;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>The connection to the Redis that the gateways share. Made at the first use; it mends itself, and goes where the sentinels say.</summary>
internal sealed class RedisConnection : IDisposable
{
    private static readonly TimeSpan _tryEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<(RedisChannel Channel, Action<RedisValue> Heard)> _subscriptions = new();
    private readonly Lock _making = new();
    private readonly RedisOptions _options;
    private readonly string? _trusted;
    private readonly TimeProvider _time;
    private volatile ConnectionMultiplexer? _connection;
    private ConnectionMultiplexer? _before;
    private SentinelMaster? _sentinels;
    private EndPoint? _master;
    private ITimer? _follow;
    private RedisException? _failure;
    private long _failed;

    public RedisConnection(GatewaySettings settings, TimeProvider time)
    {
        (_options, _time) = (settings.Current.Redis, time);
        _trusted = _options.TrustedCertificates is { } file ? settings.Resolve(file) : null;
    }

    public IDatabase Database => (_connection ?? Connect()).GetDatabase();

    /// <summary>The name of a key; all are on one shard.</summary>
    public RedisKey Key(string name) => $"{{{_options.Prefix}}}:{name}";

    public RedisChannel Channel(string name) => RedisChannel.Literal($"{{{_options.Prefix}}}:{name}");

    /// <exception cref="ArgumentException">The connection string is not one.</exception>
    public static ConfigurationOptions Configuration(RedisOptions options, string? trustedCertificates)
    {
        var configuration = ConfigurationOptions.Parse(options.Connection ?? "");
        if (options.User is { } user) configuration.User = user;
        if (options.Password is { } password) configuration.Password = password.Reveal();
        configuration.ClientName = "mfagw";
        configuration.AbortOnConnectFail = false; // it goes on trying; until then every operation fails
        var timeout = (int)options.Timeout.TotalMilliseconds;
        (configuration.ConnectTimeout, configuration.SyncTimeout, configuration.AsyncTimeout) = (timeout, timeout, timeout);
        configuration.KeepAlive = 2; // seconds: a peer that vanished without a word is noticed soon, also on the connection that only listens
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        configuration.BacklogPolicy = BacklogPolicy.FailFast; // waiting for a Redis that is away would only delay the 503
        configuration.ReconnectRetryPolicy = new LinearRetry(1_000);
        if (configuration.Ssl)
        {
            configuration.SslClientAuthenticationOptions = host =>
                TrustedRoots.Apply(new SslClientAuthenticationOptions { TargetHost = configuration.SslHost ?? host }, trustedCertificates);
        }

        return configuration;
    }

    /// <summary>Whether every address is on this machine.</summary>
    public static bool IsLocal(ConfigurationOptions configuration) => configuration.EndPoints.All(end => end switch
    {
        DnsEndPoint { Host: var host } => host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        IPEndPoint { Address: var address } => IPAddress.IsLoopback(address),
        _ => true, // a socket in the file system
    });

    /// <summary>Whether Redis did not answer, or not when the key ring was read from it, which the framework reports in an exception of its own.</summary>
    public static bool IsAway(Exception e) => e is RedisException or TimeoutException or ObjectDisposedException || (e is CryptographicException { InnerException: { } cause } && IsAway(cause));

    /// <summary>Hears what is said on a channel from now on, whichever server that goes through.</summary>
    public Task SubscribeAsync(RedisChannel channel, Action<RedisValue> heard)
    {
        var connection = _connection ?? Connect();
        _subscriptions.Enqueue((channel, heard));
        return connection.GetSubscriber().SubscribeAsync(channel, (_, value) => heard(value));
    }

    public void Dispose()
    {
        _follow?.Dispose();
        lock (_making)
        {
            _sentinels?.Dispose();
            _before?.Dispose();
            _connection?.Dispose();
        }
    }

    /// <summary>A server that is away is waited for in the background. Sentinels that are away, or know no master yet, are asked again by whoever comes next;
    /// not by everybody at once, and nobody waits in a queue.</summary>
    private ConnectionMultiplexer Connect()
    {
        if (!_making.TryEnter(_options.Timeout)) throw new RedisException("The first connection is still being made.");
        try
        {
            if (_connection is null && _failure is { } before && _time.GetElapsedTime(_failed) < _tryEvery) throw new RedisException(before.Message, before);
            return _connection ??= Make();
        }
        finally
        {
            _making.Exit();
        }
    }

    private ConnectionMultiplexer Make()
    {
        try
        {
            var configuration = Configuration(_options, _trusted);
            if (configuration.ServiceName is not { Length: > 0 } service) return ConnectionMultiplexer.Connect(configuration);
            _sentinels ??= new SentinelMaster(configuration);
            _master = _sentinels.Find() ?? throw new RedisException($"No sentinel names a master for '{service}'.");
            var connection = ConnectTo(_master);
            _follow ??= _time.CreateTimer(_ => Follow(), null, _tryEvery, _tryEvery);
            return connection;
        }
        catch (RedisException e)
        {
            (_failure, _failed) = (e, _time.GetTimestamp());
            throw;
        }
    }

    private ConnectionMultiplexer ConnectTo(EndPoint master)
    {
        var configuration = Configuration(_options, _trusted);
        configuration.ServiceName = null;
        configuration.EndPoints.Clear();
        configuration.EndPoints.Add(master);
        return ConnectionMultiplexer.Connect(configuration);
    }

    /// <summary>Goes to the master that the sentinels name now. The connection to the one before stays open until the next time: requests may still wait on it.</summary>
    private void Follow()
    {
        if (!_making.TryEnter()) return;
        try
        {
            if (_sentinels!.Find() is not { } master || master.Equals(_master)) return;
            var connection = ConnectTo(master);
            if (!connection.IsConnected || connection.GetServers().Any(server => server.IsReplica))
            {
                connection.Dispose(); // it does not know yet that it is the master
                return;
            }

            foreach (var (channel, heard) in _subscriptions) connection.GetSubscriber().Subscribe(channel, (_, value) => heard(value));
            _before?.Dispose();
            (_before, _connection, _master) = (_connection, connection, master);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // the next second tries again; that Redis does not answer is said by those who need it
        }
        finally
        {
            _making.Exit();
        }
    }
}
