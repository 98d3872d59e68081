using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.IdentityProvider;
using OtpNet;

namespace MfaGateway.Load.Rig;

/// <summary>Where one measures: a folder for everybody's files, the lab's identity provider with people who can sign in once each, and the starting of proxies.</summary>
internal sealed class Site : IAsyncDisposable
{
    private const int PortsOfLab = 30;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<LabUser> _people;
    private readonly List<IAsyncDisposable> _parts = [];
    private int _nextPort;

    private Site(string folder, IEnumerable<LabUser> people) => (Folder, _people, _nextPort) = (folder, new(people), Ports.Port + PortsOfLab);

    public string Folder { get; }

    public LabPorts Ports { get; } = LabPorts.FindFree(1);

    /// <summary>Host and port of the public origin, which every proxy takes itself for.</summary>
    public string Authority => Ports.Gateway.Authority;

    /// <summary>The certificate of every server.</summary>
    public PemFiles Leaf => PemFiles.In(Folder, "lab-leaf");

    /// <summary>PEM file of the certificate authority of everything.</summary>
    public string Root { get; private set; } = "";

    /// <param name="people">Who can sign in.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<Site> StartAsync(int people, CancellationToken cancellationToken)
    {
        var site = new Site(Directory.CreateTempSubdirectory("mfagw-load-").FullName, Enumerable.Range(1, people).Select(NewPerson));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(site.Folder, "users.json"), JsonSerializer.Serialize(site._people, JsonSerializerOptions.Web), cancellationToken);
            var options = new LabOptions { Port = site.Ports.Port, Servers = 1, State = site.Folder, Gateway = false };
            site.Root = site.With(await LabEstate.StartAsync(options, logging => logging.ClearProviders(), cancellationToken)).CaCertificate;
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A port for a server, and the one after it for its management.</summary>
    public int NextPort()
    {
        var port = _nextPort;
        _nextPort += 2;
        return port;
    }

    /// <summary>Stops it when the site is left.</summary>
    public T With<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>Starts a stand-in for Exchange; where it is.</summary>
    public string StartBackend() => StartBackends(1)[0];

    /// <summary>Starts one that listens on several ports, as so many servers; where they are.</summary>
    public IReadOnlyList<string> StartBackends(int count)
    {
        int[] ports = [.. Enumerable.Range(0, count).Select(_ => NextPort())];
        With(Backend.Start(Folder, ports, Leaf));
        return [.. ports.Select(port => $"127.0.0.1:{port}")];
    }

    public Contestant StartRedis()
    {
        var port = NextPort();
        return With(new Contestant("Redis", port, Programs.Start("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", Home(port)])));
    }

    /// <summary>Starts a gateway; on the same port again it finds its data.</summary>
    /// <param name="name">As in the tables.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="settings">By their names for the environment, without <c>Gateway__</c>.</param>
    /// <param name="rules">How many rules its policy has.</param>
    /// <param name="counts">Whether it tells how much it allocates.</param>
    public Contestant StartGateway(string name, int port, IEnumerable<KeyValuePair<string, string>> settings, int rules = 10, bool counts = false)
    {
        var home = Home(port);
        var policy = Path.Combine(home, "policy.json");
        File.WriteAllText(policy, Policies.Of(rules));
        var environment = counts ? Counting(port) : [];
        environment["Gateway__Listen__Url"] = $"https://127.0.0.1:{port}";
        environment["Gateway__Management__Url"] = $"http://127.0.0.1:{port + 1}";
        environment["Gateway__DataDirectory"] = home;
        environment["Gateway__Keys__Path"] = KeysOf(port);
        environment["Gateway__Policy__Path"] = policy;
        environment["Gateway__Audit__Sinks__0__Path"] = Path.Combine(home, "audit.jsonl");
        foreach (var (setting, value) in settings) environment[$"Gateway__{setting}"] = value;
        return new Contestant(name, port, Programs.Start("dotnet", [Output("MfaGateway.Host", "mfagw"), "run", "--config", Path.Combine(Folder, "gateway.json")], environment))
        {
            IsGateway = true, AllocationFile = counts ? Allocations(port) : null,
        };
    }

    public Contestant StartPlainYarp(string name, int port, string server, bool counts = false) => new(
        name, port, Programs.Start("dotnet", [Output("PlainYarp"), $"{port}", $"https://{server}", Leaf.Certificate, Leaf.Key, Root], counts ? Counting(port) : []))
    {
        AllocationFile = counts ? Allocations(port) : null,
    };

    /// <summary>The folder of what listens on a port.</summary>
    public string Home(int port) => Directory.CreateDirectory(Path.Combine(Folder, $"server-{port}")).FullName;

    /// <summary>The key ring of the gateway on a port, unless its settings name another.</summary>
    public string KeysOf(int port) => Path.Combine(Home(port), "keys");

    /// <summary>Somebody who has not signed in yet: a one-time code is good once.</summary>
    public LabUser NextPerson() => _people.TryDequeue(out var person) ? person : throw new InvalidOperationException("There are not enough people for so many sign-ins.");

    /// <summary>Lets somebody sign in, in a browser of his own with new connections; his cookies.</summary>
    public async Task<string> SignInAsync(Contestant contestant, LabUser person, CancellationToken cancellationToken)
    {
        using var root = X509CertificateLoader.LoadCertificateFromFile(Root);
        return await SignIn.RunAsync(Ports.Gateway, contestant.Port, person, root, cancellationToken);
    }

    /// <summary>Lets the next person come to the mail as soon as everything is up; the cookies, none where nobody asks.</summary>
    public async Task<string> FirstSignInAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        var (began, person) = (Stopwatch.StartNew(), NextPerson());
        while (true)
        {
            try
            {
                return await SignInAsync(contestant, person, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException && began.Elapsed < _patience)
            {
                await Task.Delay(500, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
            {
                throw new InvalidOperationException($"{contestant.Name} is not ready after {_patience}: {e.Message}\nIt says: {contestant.LastWords}", e);
            }
        }
    }

    private static LabUser NewPerson(int number) =>
        new($"alice{number}@contoso.test", RandomNumberGenerator.GetHexString(16, true), Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)), ["Staff"]);

    private Dictionary<string, string> Counting(int port) => new() { ["DOTNET_STARTUP_HOOKS"] = Output("AllocationHook"), ["ALLOCATED_BYTES"] = Allocations(port) };

    private string Allocations(int port) => Path.Combine(Folder, $"allocated-{port}");

    /// <summary>A program that was built with this one.</summary>
    private static string Output(string project, string? program = null)
    {
        var metadata = typeof(Site).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(data => data.Key, data => data.Value!);
        return Path.Combine(metadata["BinFolder"], project, metadata["Configuration"], $"{program ?? project}.dll");
    }
}
