using MfaGateway.ClusterTests.Setup;
using MfaGateway.Configuration;
using MfaGateway.Nodes;
using MfaGateway.Sessions;
using MfaGateway.Tests.Sessions;

namespace MfaGateway.ClusterTests.Sessions;

/// <summary>What a store promises, promised by a Redis Cluster.</summary>
public sealed class RedisClusterStoreTests(RedisCluster cluster) : SessionStoreContract, IClassFixture<RedisCluster>
{
    private readonly List<RedisConnection> _connections = [];
    private readonly string _estate = $"estate{Guid.NewGuid():N}";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var connection in _connections) connection.Dispose();
    }

    private protected override ISessionStore Create()
    {
        var options = new GatewayOptions();
        (options.Redis.Connection, options.Redis.User, options.Redis.Prefix) = (cluster.Connection, "tester", _estate);
        var connection = new RedisConnection(new GatewaySettings(options, Path.GetTempPath()), TimeProvider.System);
        _connections.Add(connection);
        return new RedisSessionStore(connection);
    }
}
