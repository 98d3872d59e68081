using System.Net;
using System.Net.Security;
using MfaGateway.Configuration;
using MfaGateway.SignIn;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>The connection to the Redis that the gateways share. Made at the first use; it mends itself.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Lazy<ConnectionMultiplexer> _connection;
    private readonly RedisOptions _options;

    public RedisConnection(GatewaySettings settings)
    {
        _options = settings.Current.Redis;
        var trusted = _options.TrustedCertificates is { } file ? settings.Resolve(file) : null;
        _connection = new Lazy<ConnectionMultiplexer>(() => ConnectionMultiplexer.Connect(Configuration(_options, trusted)));
    }

    public IDatabase Database => _connection.Value.GetDatabase();

    public ISubscriber Subscriber => _connection.Value.GetSubscriber();

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

    public void Dispose()
    {
        if (_connection.IsValueCreated) _connection.Value.Dispose();
    }
}
