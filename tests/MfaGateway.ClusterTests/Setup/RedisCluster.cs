using System.Diagnostics;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>A real Redis Cluster of three masters, with the users and rights of <c>deploy/</c>.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private readonly List<RedisServer> _servers = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-cluster-");

    /// <summary>What a gateway is told: all of them.</summary>
    internal string Connection => string.Join(',', _servers.Select(server => server.Address));

    public async ValueTask InitializeAsync()
    {
        var users = await FailureLab.WriteRedisUsersAsync(_folder.FullName);
        for (var n = 0; n < 3; n++)
        {
            _servers.Add(await RedisServer.StartAsync(
                "--aclfile", users, "--cluster-enabled", "yes", "--cluster-port", $"{RedisServer.FreePort()}", "--cluster-node-timeout", "2000", "--dir", _folder.CreateSubdirectory($"{n}").FullName));
        }

        await Eventually.Async(async () => (await AskAsync(["--cluster", "create", .. _servers.Select(server => server.Address), "--cluster-yes"])).Contains("All 16384 slots covered", StringComparison.Ordinal));
        foreach (var server in _servers)
            await Eventually.Async(async () => (await AskAsync(["-p", $"{server.Port}", "cluster", "info"])).Contains("cluster_state:ok", StringComparison.Ordinal)); // each finds out by itself
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<string> AskAsync(string[] arguments)
    {
        using var client = Process.Start(new ProcessStartInfo("redis-cli", ["--user", "tester", "--pass", "any", "--no-auth-warning", .. arguments]) { RedirectStandardOutput = true })!;
        var told = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return told;
    }
}
