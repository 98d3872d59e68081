using System.Text.Json.Nodes;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Host;
using MfaGateway.InteropTests.Setup;
using MfaGateway.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MfaGateway.ClusterTests;

/// <summary>Gateways that would not understand each other's sessions and cookies say so before they do harm.</summary>
public sealed class NodeAgreementTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nodes-");
    private readonly List<IHost> _hosts = [];
    private RedisServer? _redis;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) host.Dispose();
        await _redis!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Gateways_with_one_key_ring_agree()
    {
        var keys = new JsonObject { ["Path"] = "shared-keys" };

        Assert.Null(await FindProblemAsync(Node("a", keys)));
        Assert.Null(await FindProblemAsync(Node("b", keys)));
    }

    [Fact]
    public async Task Gateways_with_keys_in_redis_and_one_certificate_agree()
    {
        var keys = Keys(TestCertificate.Make(_folder.FullName, "ring"));

        Assert.Null(await FindProblemAsync(Node("a", keys)));
        Assert.Null(await FindProblemAsync(Node("b", keys)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gateways_that_start_at_the_same_moment_make_one_key(bool inRedis)
    {
        var keys = inRedis ? Keys(TestCertificate.Make(_folder.FullName, "ring")) : new JsonObject { ["Path"] = "shared-keys" };
        var nodes = Enumerable.Range(0, 4).Select(n => Node($"n{n}", keys)).ToList();

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.StartAsync(Cancel), Cancel)));

        foreach (var node in nodes) await node.StopAsync(Cancel);
        Assert.All(
            nodes,
            node => Assert.Single(node.Services.GetRequiredService<Microsoft.AspNetCore.DataProtection.KeyManagement.IKeyManager>().GetAllKeys()));
    }

    [Fact]
    public async Task A_gateway_with_keys_of_its_own_is_told_and_does_not_start()
    {
        Assert.Null(await FindProblemAsync(Node("a", new JsonObject { ["Path"] = "keys-a" })));

        var stranger = Node("b", new JsonObject { ["Path"] = "keys-b" });

        var problem = await FindProblemAsync(stranger);
        Assert.Contains("does not have", problem!.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<NodeDisagreementException>(() => stranger.StartAsync(Cancel));
        Assert.Equal("$.Gateway.Keys", refused.Problem.Path);
    }

    [Fact]
    public async Task A_gateway_with_another_certificate_for_the_keys_is_told()
    {
        Assert.Null(await FindProblemAsync(Node("a", Keys(TestCertificate.Make(_folder.FullName, "ring-a")))));

        var problem = await FindProblemAsync(Node("b", Keys(TestCertificate.Make(_folder.FullName, "ring-b"))));

        Assert.Equal("$.Gateway.Keys", problem?.Path);
    }

    [Fact]
    public async Task A_certificate_is_renewed_while_gateways_run_when_the_old_one_is_named()
    {
        var (old, renewed) = (TestCertificate.Make(_folder.FullName, "old"), TestCertificate.Make(_folder.FullName, "new"));
        Assert.Null(await FindProblemAsync(Node("a", Keys(old))));

        Assert.Null(await FindProblemAsync(Node("b", Keys(renewed, old))));
    }

    [Fact]
    public async Task Gateways_of_another_origin_do_not_share_a_prefix()
    {
        var keys = new JsonObject { ["Path"] = "shared-keys" };
        Assert.Null(await FindProblemAsync(Node("a", keys)));

        var problem = await FindProblemAsync(Node("b", keys, origin: "https://webmail.fabrikam.test"));

        Assert.Equal("$.Gateway.Redis.Prefix", problem?.Path);
    }

    [Fact]
    public async Task A_redis_that_is_away_is_said_to_be_away()
    {
        await _redis!.KillAsync();

        await Assert.ThrowsAsync<NodesUnreachableException>(() => FindProblemAsync(Node("a", new JsonObject { ["Path"] = "keys" })));
    }

    /// <summary>As seen when the machine was so busy that Redis answered a gateway that started, and then not in time.</summary>
    [Fact]
    public async Task A_redis_that_fails_when_the_keys_are_read_stops_no_start()
    {
        var node = Node("a", Keys(TestCertificate.Make(_folder.FullName, "ring")));
        await ForbidAsync("-eval");

        await node.StartAsync(Cancel);

        await ForbidAsync("+eval");
        Assert.Null(await FindProblemAsync(node));
        await node.StopAsync(Cancel);
    }

    private async Task ForbidAsync(string command)
    {
        using var admin = await ConnectionMultiplexer.ConnectAsync(_redis!.Address);
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", command);
    }

    private static Task<Configuration.ConfigurationProblem?> FindProblemAsync(IHost host) => NodeCheck.FindProblemAsync(host.Services, Cancel);

    private static JsonObject Keys(TestCertificate certificate, TestCertificate? previous = null)
    {
        var keys = new JsonObject { ["Store"] = "Redis", ["Certificate"] = Pair(certificate) };
        if (previous is not null) keys["Previous"] = new JsonArray(Pair(previous));
        return keys;
    }

    private static JsonObject Pair(TestCertificate certificate) => new() { ["Path"] = certificate.Path, ["KeyPath"] = certificate.KeyPath };

    private IHost Node(string name, JsonObject keys, string origin = "https://mail.contoso.test")
    {
        var policy = Path.Combine(_folder.FullName, "policy.json");
        File.WriteAllText(policy, """{ "version": 1, "rules": [ { "id": "mail", "effect": "permit", "when": { "resource": ["owa"] } } ] }""");
        var file = Path.Combine(_folder.FullName, $"{name}.json");
        File.WriteAllText(file, new JsonObject
        {
            ["Gateway"] = new JsonObject
            {
                ["PublicOrigin"] = origin,
                ["DataDirectory"] = $"data-{name}",
                ["Listen"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
                ["Management"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
                ["Providers"] = new JsonObject
                {
                    ["adfs"] = new JsonObject
                    {
                        ["Kind"] = "Adfs", ["Authority"] = "https://sts.contoso.test/adfs", ["ClientId"] = "c", ["Resource"] = "https://mail.contoso.test/gateway",
                    },
                },
                ["Exchange"] = new JsonObject { ["Servers"] = new JsonArray("https://ex1.contoso.test") },
                ["Sessions"] = new JsonObject { ["Store"] = "Redis" },
                ["Redis"] = new JsonObject { ["Connection"] = _redis!.Address },
                ["Keys"] = keys.DeepClone(),
                ["Shutdown"] = new JsonObject { ["DrainFor"] = "00:00:00" },
                ["Policy"] = new JsonObject { ["Path"] = "policy.json" },
                ["Audit"] = new JsonObject { ["Sinks"] = new JsonArray(new JsonObject { ["Kind"] = "File", ["Path"] = $"audit-{name}.jsonl" }) },
            },
        }.ToJsonString());
        var host = GatewayApplication.Build(new GatewayStartup
        {
            ConfigurationFiles = [file], Logging = log => log.ClearProviders(), Overrides = new Dictionary<string, string?> { ["Gateway:Providers:adfs:ClientSecret"] = "s" },
        });
        _hosts.Add(host);
        return host;
    }
}
