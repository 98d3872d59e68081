using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.Exchange;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.Extensions.Logging;
using OtpNet;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>A whole estate of real parts: three gateways behind HAProxy, their Redis with the users and rights of <c>deploy/</c>, three Exchange servers and the
/// lab's identity provider.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private const string Password = "a-password-of-the-test";
    private const int People = 40;

    private readonly ConcurrentQueue<LabUser> _people = new();
    private LabEstate? _lab;
    private Balancer? _balancer;

    internal RedisServer Redis { get; private set; } = null!;

    internal IReadOnlyList<Node> Nodes { get; private set; } = [];

    internal IReadOnlyList<ExchangeSimulator> Exchange => _lab!.Exchange;

    internal string StateFolder => _lab!.State.Path;

    internal Uri Gateway => _lab!.Ports.Gateway;

    public async ValueTask InitializeAsync()
    {
        var state = Directory.CreateTempSubdirectory("mfagw-cluster-").FullName;
        for (var n = 1; n <= People; n++)
            _people.Enqueue(new LabUser($"alice{n}@contoso.test", RandomNumberGenerator.GetHexString(16, true), Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)), ["Staff"]));
        await File.WriteAllTextAsync(Path.Combine(state, "users.json"), JsonSerializer.Serialize(_people, JsonSerializerOptions.Web));
        var ports = LabPorts.FindFree(3);
        _lab = await LabEstate.StartAsync(new LabOptions { Port = ports.Port, Servers = 3, State = state, Gateway = false }, logging => logging.ClearProviders(), CancellationToken.None);
        Redis = await StartRedisAsync(state);
        Nodes = [.. Enumerable.Range(1, 3).Select(number => NewNode(number, ports.Port + 30 + number, ports.Port + 40 + number))];
        await Task.WhenAll(Nodes.Select(node => node.StartAsync()));
        _balancer = Balancer.Start(state, ports.Port, Path.Combine(state, "lab-leaf.pem"), Path.Combine(state, "lab-leaf.key"), _lab.CaCertificate, Nodes);
        using var user = NewUser();
        await Eventually.Async(async () => await user.StatusAsync("/.gateway/health/ready") == 200);
    }

    public async ValueTask DisposeAsync()
    {
        if (_balancer is not null) await _balancer.DisposeAsync();
        foreach (var node in Nodes) await node.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
        if (_lab is null) return;
        await _lab.DisposeAsync();
        Directory.Delete(_lab.State.Path, recursive: true);
    }

    /// <summary>A browser that reaches the gateways through the balancer.</summary>
    internal MailUser NewUser() => new(Gateway, _lab!.CaCertificate);

    internal async Task<MailUser> SignedInAsync()
    {
        Assert.True(_people.TryDequeue(out var person), "There are not enough people for so many sign-ins.");
        var user = NewUser();
        await user.SignInAsync(new Person(person));
        return user;
    }

    internal async Task<MailUser[]> SignedInAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SignedInAsync()));

    /// <summary>Everything that happened at the gateways, for messages of tests.</summary>
    internal string Logs => string.Join('\n', Nodes.Select(node => $"--- {node.Name}\n{node.Log}"));

    private Node NewNode(int number, int port, int managementPort) => new($"gw{number}", _lab!.State.In("gateway.json"), port, managementPort, new Dictionary<string, string>
    {
        ["Gateway__DataDirectory"] = _lab.State.In($"data-{number}"),
        ["Gateway__Sessions__Store"] = "Redis",
        ["Gateway__Redis__Connection"] = Redis.Address,
        ["Gateway__Redis__User"] = "mfagw",
        ["Gateway__Redis__Password"] = Password,
        ["Gateway__Keys__Store"] = "Redis",
        ["Gateway__Keys__Certificate__Path"] = Path.Combine(_lab.State.Path, "gateway-client.pem"),
        ["Gateway__Keys__Certificate__KeyPath"] = Path.Combine(_lab.State.Path, "gateway-client.key"),
        ["Gateway__Audit__Sinks__0__Path"] = _lab.State.In($"audit-{number}.jsonl"),
        ["Gateway__Shutdown__DrainFor"] = "00:00:04",
        ["Gateway__Limits__ProviderTimeout"] = "00:01:00",
        ["Gateway__ForwardedHeaders__KnownProxies__0"] = "127.0.0.1",
    });

    private static async Task<RedisServer> StartRedisAsync(string state)
    {
        var users = Path.Combine(state, "users.acl");
        var text = await File.ReadAllTextAsync(Path.Combine(Balancer.DeployFolder, "redis", "users.acl"));
        await File.WriteAllTextAsync(users, text.Replace("REPLACE-WITH-A-LONG-RANDOM-PASSWORD", Password, StringComparison.Ordinal) + "user tester on nopass ~* &* +@all\n");
        var data = Directory.CreateDirectory(Path.Combine(state, "redis")).FullName;
        return await RedisServer.StartAsync("--aclfile", users, "--appendonly", "yes", "--appendfsync", "always", "--dir", data);
    }
}
