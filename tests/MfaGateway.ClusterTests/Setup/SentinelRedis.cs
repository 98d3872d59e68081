using System.Diagnostics;
using StackExchange.Redis;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>A Redis, a replica of it, and three real sentinels that make the replica the master when the master dies.</summary>
internal sealed class SentinelRedis : IAsyncDisposable
{
    private const string Service = "mail-sessions";
    private const int Sentinels = 3;

    private readonly List<Process> _processes = [];
    private readonly List<int> _ports = [];
    private readonly List<RedisServer> _servers = [];

    private readonly string _folder;

    private SentinelRedis(string folder) => _folder = folder;

    /// <summary>What a gateway is told: where the sentinels are, not where Redis is.</summary>
    public string Connection => string.Join(',', _ports.Select(port => $"127.0.0.1:{port}")) + $",serviceName={Service}";

    /// <summary>Master and replica; the sentinels come when they are told to.</summary>
    public static async Task<SentinelRedis> StartAsync(string folder, string users)
    {
        var estate = new SentinelRedis(folder);
        var master = await estate.StartServerAsync("first", users);
        await estate.StartServerAsync("second", users, "--replicaof", "127.0.0.1", $"{master.Port}");
        for (var n = 0; n < Sentinels; n++) estate._ports.Add(RedisServer.FreePort());
        return estate;
    }

    public async Task StartSentinelsAsync()
    {
        foreach (var port in _ports) StartSentinel(port, _servers[0].Port);
        await Eventually.Async(IsWholeAsync);
    }

    /// <summary>Kills whatever server is the master now.</summary>
    public async Task<RedisServer> KillMasterAsync()
    {
        var master = await MasterAsync();
        await master.KillAsync();
        return master;
    }

    /// <summary>The server that most sentinels take for the master.</summary>
    public async Task<RedisServer> MasterAsync()
    {
        var port = int.Parse((await AskAsync("GET-MASTER-ADDR-BY-NAME"))[1], System.Globalization.CultureInfo.InvariantCulture);
        return _servers.Single(server => server.Port == port);
    }

    /// <summary>Whether the sentinels see each other and the master has its replica.</summary>
    public async Task<bool> IsWholeAsync()
    {
        var told = await AskAsync("MASTER");
        string Of(string name) => told[Array.IndexOf(told, name) + 1];
        if (Of("flags") != "master" || Of("num-other-sentinels") != $"{Sentinels - 1}") return false;
        await using var master = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { { "127.0.0.1", (await MasterAsync()).Port } }, User = "tester", Password = "any", AllowAdmin = true });
        return ((string)(await master.GetDatabase().ExecuteAsync("INFO", "replication"))!).Contains("state=online", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        foreach (var server in _servers) await server.DisposeAsync();
    }

    private async Task<RedisServer> StartServerAsync(string name, string users, params string[] arguments)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var server = await RedisServer.StartAsync(
            ["--aclfile", users, "--masteruser", "tester", "--masterauth", "any", "--repl-diskless-sync-delay", "0", "--dir", folder, .. arguments]);
        _servers.Add(server);
        return server;
    }

    private void StartSentinel(int port, int master)
    {
        var file = Path.Combine(_folder, $"sentinel-{port}.conf");
        File.WriteAllText(
            file,
            $"""
            port {port}
            bind 127.0.0.1
            dir {_folder}
            sentinel monitor {Service} 127.0.0.1 {master} 2
            sentinel down-after-milliseconds {Service} 1000
            sentinel failover-timeout {Service} 4000
            sentinel auth-user {Service} tester
            sentinel auth-pass {Service} any

            """);
        var process = Process.Start(new ProcessStartInfo("redis-server", [file, "--sentinel"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private async Task<string[]> AskAsync(string question)
    {
        await using var sentinel = await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions { EndPoints = { { "127.0.0.1", _ports[0] } }, CommandMap = CommandMap.Sentinel, TieBreaker = "", ConnectTimeout = 2_000 });
        return (string[])(await sentinel.GetServers()[0].ExecuteAsync("SENTINEL", question, Service))!;
    }
}
