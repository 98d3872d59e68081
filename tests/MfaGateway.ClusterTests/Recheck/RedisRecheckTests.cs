using MfaGateway.ClusterTests.Setup;
using MfaGateway.Configuration;
using MfaGateway.Nodes;
using MfaGateway.Sessions;
using MfaGateway.Tests.Recheck;

namespace MfaGateway.ClusterTests.Recheck;

/// <summary>The same promises over a real Redis, each gateway with connections of its own.</summary>
public sealed class RedisRecheckTests : RecheckContract
{
    private readonly List<RedisConnection> _connections = [];
    private RedisServer? _server;

    public override async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var connection in _connections) connection.Dispose();
        await _server!.DisposeAsync();
    }

    private protected override ISessionStore Create()
    {
        var options = new GatewayOptions();
        options.Redis.Connection = _server!.Address;
        _connections.Add(new RedisConnection(new GatewaySettings(options, Path.GetTempPath()), TimeProvider.System));
        return new RedisSessionStore(_connections[^1]);
    }
}
