using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OtpNet;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>The tests that break parts of an estate share one identity provider and its Exchange servers; each starts the gateways it needs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FailureTests : ICollectionFixture<FailureLab>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "failures";
}

/// <summary>An identity provider and Exchange servers that stay, for gateways that come, fail and go.</summary>
public sealed class FailureLab : IAsyncLifetime
{
    internal const string RedisPassword = "a-password-of-the-test";
    private const int People = 60;

    private readonly ConcurrentQueue<LabUser> _people = new();
    private LabEstate? _lab;
    private int _nodes;

    /// <summary>Set for a run that takes its time: failures are repeated and last longer.</summary>
    internal static bool Long { get; } = Environment.GetEnvironmentVariable("MFAGW_LONG") == "1";

    internal Uri Gateway => _lab!.Ports.Gateway;

    internal string CaCertificate => _lab!.CaCertificate;

    public async ValueTask InitializeAsync()
    {
        var state = Directory.CreateTempSubdirectory("mfagw-failures-").FullName;
        for (var n = 1; n <= People; n++)
            _people.Enqueue(new LabUser($"carol{n}@contoso.test", RandomNumberGenerator.GetHexString(16, true), Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)), ["Staff"]));
        await File.WriteAllTextAsync(Path.Combine(state, "users.json"), JsonSerializer.Serialize(_people, JsonSerializerOptions.Web));
        LabCertificates.Ensure(state, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-1))).Dispose(); // certificates that a clock of yesterday accepts too
        var ports = LabPorts.FindFree(2);
        _lab = await LabEstate.StartAsync(new LabOptions { Port = ports.Port, Servers = 2, State = state, Gateway = false }, logging => logging.ClearProviders(), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lab is null) return;
        await _lab.DisposeAsync();
        Directory.Delete(_lab.State.Path, recursive: true);
    }

    /// <summary>A folder of the test's own.</summary>
    internal string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_lab!.State.Path, $"{name}-{Interlocked.Increment(ref _nodes)}")).FullName;

    /// <summary>Users and rights of <c>deploy/</c>, and one for the test who may do everything.</summary>
    internal static async Task<string> WriteRedisUsersAsync(string folder)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Balancer.DeployFolder, "redis", "users.acl"));
        var file = Path.Combine(folder, "users.acl");
        await File.WriteAllTextAsync(file, text.Replace("REPLACE-WITH-A-LONG-RANDOM-PASSWORD", RedisPassword, StringComparison.Ordinal) + "user tester on nopass ~* &* +@all\n");
        return file;
    }

    /// <summary>A gateway that is started by the test.</summary>
    internal Node NewNode(Dictionary<string, string> environment, params string[] wrapper)
    {
        var number = Interlocked.Increment(ref _nodes);
        return new($"gw{number}", _lab!.State.In("gateway.json"), RedisServer.FreePort(), RedisServer.FreePort(), new(environment)
        {
            ["Gateway__DataDirectory"] = environment.GetValueOrDefault("Gateway__DataDirectory") ?? _lab.State.In($"data-{number}"),
            ["Gateway__Audit__Sinks__0__Path"] = environment.GetValueOrDefault("Gateway__Audit__Sinks__0__Path") ?? _lab.State.In($"audit-{number}.jsonl"),
            ["Gateway__Limits__ProviderTimeout"] = "00:01:00",
        }, wrapper);
    }

    /// <summary>What makes gateways share a Redis: sessions and keys.</summary>
    internal Dictionary<string, string> Sharing(string connection) => new()
    {
        ["Gateway__Sessions__Store"] = "Redis",
        ["Gateway__Redis__Connection"] = connection,
        ["Gateway__Redis__User"] = "mfagw",
        ["Gateway__Redis__Password"] = RedisPassword,
        ["Gateway__Keys__Store"] = "Redis",
        ["Gateway__Keys__Certificate__Path"] = _lab!.State.In("gateway-client.pem"),
        ["Gateway__Keys__Certificate__KeyPath"] = _lab.State.In("gateway-client.key"),
    };

    internal MailUser NewUser(Node node)
    {
        using var user = new MailUser(Gateway, CaCertificate);
        return user.Through(node);
    }

    internal async Task<MailUser> SignedInAsync(Node node)
    {
        Assert.True(_people.TryDequeue(out var person), "There are not enough people for so many sign-ins.");
        var user = NewUser(node);
        var (signedIn, html) = await user.TrySignInAsync(new Person(person));
        Assert.True(signedIn, $"{user.Name} came to {html}\n{LogLines.Troubles(node)}");
        return user;
    }

    /// <summary>Ends a person's sessions, as an administrator does.</summary>
    internal static async Task<int> RevokeAsync(Node node, MailUser user)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync(new Uri($"http://127.0.0.1:{node.ManagementPort}/api/sessions/revoke"), new { user = user.Name });
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("revoked").GetInt32();
    }
}
