using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
[CollectionDefinition(Name)]
public sealed class Cluster : IAsyncLifetime, ICollectionFixture<Cluster>
{
    public const string Name = "cluster";

    /// <summary>Whether the tests are to take their time: <c>tests/run.sh --long</c>.</summary>
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable("MFAGW_LONG") == "1";

    private const string Password = "a-password-of-the-test";
    private const int People = 150;

    private readonly ConcurrentQueue<LabUser> _people = new();
    private readonly List<ExchangeSimulator> _exchange = [];
    private readonly Dictionary<string, string> _settings;
    private LabEstate? _lab;
    private Balancer? _balancer;
    private X509Certificate2? _leaf;

    public Cluster()
        : this([])
    {
    }

    /// <param name="settings">Environment variables of the gateways besides those of every cluster.</param>
    internal Cluster(Dictionary<string, string> settings) => _settings = settings;

    internal RedisServer Redis { get; private set; } = null!;

    internal TokenControl Tokens => Provider.Tokens;

    internal LabUsers Users => _lab!.Users;

    internal IReadOnlyList<Node> Nodes { get; private set; } = [];

    internal IReadOnlyList<ExchangeSimulator> Exchange => _exchange;

    internal LabIdentityProvider Provider => _lab!.Provider;

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
        _exchange.AddRange(_lab.Exchange);
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
        foreach (var server in _exchange.Except(_lab.Exchange)) await server.DisposeAsync();
        await _lab.DisposeAsync();
        Directory.Delete(_lab.State.Path, recursive: true);
    }

    /// <summary>A browser that reaches the gateways through the balancer.</summary>
    internal MailUser NewUser() => new(Gateway, _lab!.CaCertificate);

    internal async Task<MailUser> SignedInAsync()
    {
        var user = NewUser();
        var (signedIn, html) = await user.TrySignInAsync(NextPerson());
        Assert.True(signedIn, $"{user.Name} came to {html}\n{Troubles}");
        return user;
    }

    /// <summary>Somebody who has not signed in yet: a one-time code is good once.</summary>
    internal Person NextPerson()
    {
        Assert.True(_people.TryDequeue(out var person), "There are not enough people for so many sign-ins.");
        return new Person(person);
    }

    internal async Task<MailUser[]> SignedInAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SignedInAsync()));

    /// <summary>Switches an Exchange server off, as a crash does: nothing listens there any more.</summary>
    internal ValueTask StopExchangeAsync(int number) => _exchange[number].DisposeAsync();

    /// <summary>Switches it on again.</summary>
    internal async Task StartExchangeAsync(int number) =>
        _exchange[number] = await ExchangeSimulator.StartAsync(number, _exchange[number].Address, Leaf, null, logging => logging.ClearProviders(), CancellationToken.None);

    /// <summary>The certificate of every server of the estate.</summary>
    internal X509Certificate2 Leaf =>
        _leaf ??= X509Certificate2.CreateFromPemFile(Path.Combine(StateFolder, "lab-leaf.pem"), Path.Combine(StateFolder, "lab-leaf.key"));

    /// <summary>Waits until every gateway sends strangers on to the provider, is ready, and the balancer knows.</summary>
    internal async Task SettledAsync(TimeSpan within)
    {
        using var client = new HttpClient();
        using var stranger = NewUser();
        foreach (var node in Nodes)
        {
            using var way = stranger.Through(node);
            await Eventually.EqualAsync("sent on", () => way.ArrivalAsync("/owa/", CancellationToken.None), within);
            await Eventually.Async(async () => (await client.GetAsync(new Uri($"http://127.0.0.1:{node.ManagementPort}/health/ready"))).IsSuccessStatusCode, within);
        }

        await Eventually.EqualAsync("sent on", () => stranger.ArrivalAsync("/owa/", CancellationToken.None), within);
    }

    /// <summary>How often the gateways' logs together say something.</summary>
    internal int Said(string words) => Nodes.Sum(node => node.Log.Split(words).Length - 1);

    /// <summary>What the gateways warned of, for messages of tests.</summary>
    private string Troubles => string.Join(
        '\n', Nodes.Select(node => $"--- {node.Name}\n{string.Join('\n', node.Log.Split('\n').Where(line => line.Contains(" ERR] ", StringComparison.Ordinal) || line.Contains(" WRN] ", StringComparison.Ordinal)))}"));

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
    }.Concat(_settings).GroupBy(setting => setting.Key).ToDictionary(setting => setting.Key, setting => setting.Last().Value));

    private static async Task<RedisServer> StartRedisAsync(string state)
    {
        var users = Path.Combine(state, "users.acl");
        var text = await File.ReadAllTextAsync(Path.Combine(Balancer.DeployFolder, "redis", "users.acl"));
        await File.WriteAllTextAsync(users, text.Replace("REPLACE-WITH-A-LONG-RANDOM-PASSWORD", Password, StringComparison.Ordinal) + "user tester on nopass ~* &* +@all\n");
        var data = Directory.CreateDirectory(Path.Combine(state, "redis")).FullName;
        return await RedisServer.StartAsync("--aclfile", users, "--appendonly", "yes", "--appendfsync", "always", "--dir", data);
    }
}
