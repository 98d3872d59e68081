using System.Diagnostics;
using StackExchange.Redis;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>Two gateways that reach their Redis over a network that may fail.</summary>
public sealed class TwoGateways(FailureLab lab) : IAsyncLifetime
{
    private const string Keys = "{mfagw}:keys";

    private RedisServer? _redis;
    private ConnectionMultiplexer? _door;

    internal Relay Network { get; private set; } = null!;

    internal Node First { get; private set; } = null!;

    internal Node Second { get; private set; } = null!;

    internal IReadOnlyList<Node> Nodes => [First, Second];

    public async ValueTask InitializeAsync()
    {
        var folder = lab.NewFolder("redis");
        _redis = await RedisServer.StartAsync("--aclfile", await FailureLab.WriteRedisUsersAsync(folder));
        _door = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { { "127.0.0.1", _redis.Port } }, User = "tester", Password = "any", AllowAdmin = true });
        Network = Relay.To(_redis);
        (First, Second) = (lab.NewNode(lab.Sharing(Network.Address)), lab.NewNode(lab.Sharing(Network.Address)));
        await Task.WhenAll(First.StartAsync(), Second.StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        await Network.DisposeAsync();
        await _door!.DisposeAsync();
        await _redis!.DisposeAsync();
    }

    internal Task EmptyRedisAsync() => _door!.GetServers()[0].FlushAllDatabasesAsync();

    internal Task<long> KeysInRedisAsync() => _door!.GetDatabase().ListLengthAsync(Keys);

    /// <summary>What an intruder would add: a key whose secret he knows, in the form of the framework, not encrypted, and younger than all others.</summary>
    internal Task AddForeignKeyAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var secret = Convert.ToBase64String(new byte[64]);
        return _door!.GetDatabase().ListRightPushAsync(
            Keys,
            $"""
            <key id="{Guid.NewGuid()}" version="1"><creationDate>{now:O}</creationDate><activationDate>{now:O}</activationDate><expirationDate>{now.AddDays(90):O}</expirationDate><descriptor deserializerType="Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection"><descriptor><encryption algorithm="AES_256_CBC" /><validation algorithm="HMACSHA256" /><masterKey><value>{secret}</value></masterKey></descriptor></descriptor></key>
            """);
    }

    internal async Task FreezeAsync(bool frozen)
    {
        foreach (var node in Nodes)
        {
            using var kill = Process.Start("kill", [frozen ? "-STOP" : "-CONT", $"{node.ProcessId}"]);
            await kill.WaitForExitAsync();
        }
    }
}
