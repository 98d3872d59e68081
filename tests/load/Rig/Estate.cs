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

/// <summary>Everything that runs while one measures: the lab's identity provider, a server, and all the proxies in front of it, each signed in where it asks.</summary>
internal sealed class Estate : IAsyncDisposable
{
    private const int MostContestants = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<Contestant> _contestants = [];
    private readonly Queue<LabUser> _people = new();

    private string _authority = "";

    private Estate(string folder, LabPorts ports) => (Folder, Ports) = (folder, ports);

    public IReadOnlyList<Contestant> Contestants => _contestants;

    /// <summary>Host and port of the public origin, which every contestant takes itself for.</summary>
    public string Authority => Ports.Gateway.Authority;

    private string Folder { get; }

    private LabPorts Ports { get; }

    /// <param name="wanted">Whether a contestant of that name shall run.</param>
    /// <param name="people">Who can sign in beside those that the contestants need; each once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<Estate> StartAsync(Func<string, bool> wanted, int people, CancellationToken cancellationToken)
    {
        var estate = new Estate(Directory.CreateTempSubdirectory("mfagw-load-").FullName, LabPorts.FindFree(1));
        try
        {
            await estate.StartPartsAsync(wanted, MostContestants + people, cancellationToken);
            return estate;
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contestant in _contestants) await contestant.DisposeAsync();
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Lets people sign in one after another, each in a browser of his own with new connections; what the contestant spends on one.</summary>
    public async Task<(double ProcessorMicroseconds, TimeSpan Each)> SignInAsync(Contestant contestant, int count, CancellationToken cancellationToken)
    {
        using var root = X509CertificateLoader.LoadCertificateFromFile(_authority);
        var (before, began) = (contestant.Processor(), Stopwatch.StartNew());
        for (var n = 0; n < count; n++) await SignIn.RunAsync(Ports.Gateway, contestant.Port, _people.Dequeue(), root, cancellationToken);
        return ((contestant.Processor() - before) / count, began.Elapsed / count);
    }

    private async Task StartPartsAsync(Func<string, bool> wanted, int people, CancellationToken cancellationToken)
    {
        for (var n = 1; n <= people; n++) _people.Enqueue(new LabUser($"alice{n}@contoso.test", RandomNumberGenerator.GetHexString(16, true), Base32Encoding.ToString(RandomNumberGenerator.GetBytes(20)), ["Staff"]));
        await File.WriteAllTextAsync(Path.Combine(Folder, "users.json"), JsonSerializer.Serialize(_people, JsonSerializerOptions.Web), cancellationToken);
        var lab = await LabEstate.StartAsync(new LabOptions { Port = Ports.Port, Servers = 1, State = Folder, Gateway = false }, logging => logging.ClearProviders(), cancellationToken);
        _parts.Add(lab);
        var (leaf, authority) = (PemFiles.In(Folder, "lab-leaf"), _authority = lab.CaCertificate);
        var port = Ports.Port + 30;
        var server = $"127.0.0.1:{port++}";
        _parts.Add(Backend.Start(Folder, port - 1, leaf));

        Add(wanted, "plain YARP", name => new Contestant(
            name, port, Programs.Start("dotnet", [Output("PlainYarp"), $"{port}", $"https://{server}", leaf.Certificate, leaf.Key, authority], Counting(port))) { AllocationFile = Allocations(port) });
        foreach (var (store, rules) in (IEnumerable<(string, int)>)[("Memory", 10), ("Sqlite", 10), ("Redis", 10), ("Memory", 100)])
            Add(wanted, $"gateway, {store}, {rules} rules", name => Gateway(name, port, server, store, rules));
        var rivals = new Rivals(Folder, server, leaf, authority);
        Add(wanted, "nginx", _ => rivals.Nginx(port));
        Add(wanted, "HAProxy", _ => rivals.HAProxy(port));
        var (provider, secret) = await ProviderWithSecretAsync(cancellationToken);
        Add(wanted, "Apache, mod_auth_openidc", _ => rivals.Apache(port, Ports.Gateway, provider.Issuer, secret));

        using var root = X509CertificateLoader.LoadCertificateFromFile(authority);
        foreach (var contestant in _contestants) await ReadyAsync(contestant, root, cancellationToken);

        void Add(Func<string, bool> isWanted, string name, Func<string, Contestant> start)
        {
            if (!isWanted(name)) return;
            _contestants.Add(start(name));
            port += 2;
        }
    }

    private async Task<(LabIdentityProvider Provider, string Secret)> ProviderWithSecretAsync(CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetHexString(32);
        var certificates = LabCertificates.Ensure(Folder, TimeProvider.System);
        var provider = await LabIdentityProvider.StartAsync(
            new LabIdentityProviderOptions
            {
                Address = new Uri($"https://127.0.0.1:{Ports.Port + 91}"),
                Dialect = Dialect.Named("adfs"),
                Users = LabUsers.Ensure(Folder),
                Client = ClientRegistration.ForGateway(Ports.Gateway) with { Secret = secret },
                Listener = certificates.Leaf,
                TokenSigner = certificates.TokenSigner,
                Logging = logging => logging.ClearProviders(),
            },
            cancellationToken);
        _parts.Add(provider);
        return (provider, secret);
    }

    /// <summary>Signs in where one has to; until everything is up that fails.</summary>
    private async Task ReadyAsync(Contestant contestant, X509Certificate2 root, CancellationToken cancellationToken)
    {
        var began = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var asks = contestant.IsGateway || contestant.Name.StartsWith("Apache", StringComparison.Ordinal);
                var cookie = await SignIn.RunAsync(Ports.Gateway, contestant.Port, _people.Peek(), root, cancellationToken);
                if (asks) _people.Dequeue();
                contestant.Cookie = asks ? cookie : null;
                return;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException && began.Elapsed < Patience)
            {
                await Task.Delay(500, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
            {
                var said = contestant.ErrorLog is { } log && File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(5)) : Programs.LastWords;
                throw new InvalidOperationException($"{contestant.Name} is not ready after {Patience}: {e.Message}\nIt says: {said}", e);
            }
        }
    }

    private Contestant Gateway(string name, int port, string server, string store, int rules)
    {
        var home = Directory.CreateDirectory(Path.Combine(Folder, $"gateway-{port}")).FullName;
        var policy = Path.Combine(home, "policy.json");
        File.WriteAllText(policy, Policies.Of(rules));
        var environment = new Dictionary<string, string>
        {
            ["Gateway__Listen__Url"] = $"https://127.0.0.1:{port}",
            ["Gateway__Management__Url"] = $"http://127.0.0.1:{port + 1}",
            ["Gateway__DataDirectory"] = home,
            ["Gateway__Exchange__Servers__0"] = $"https://{server}",
            ["Gateway__Sessions__Store"] = store,
            ["Gateway__Policy__Path"] = policy,
            ["Gateway__Limits__UserHangingRequests"] = "20000", // one person hangs for all
            ["Gateway__Audit__Sinks__0__Path"] = Path.Combine(home, "audit.jsonl"),
        };
        foreach (var (variable, value) in Counting(port)) environment[variable] = value;
        if (store == "Redis") environment = environment.Concat(Redis(home)).ToDictionary();
        return new Contestant(name, port, Programs.Start("dotnet", [Output("MfaGateway.Host", "mfagw"), "run", "--config", Path.Combine(Folder, "gateway.json")], environment)) { IsGateway = true, AllocationFile = Allocations(port) };
    }

    private Dictionary<string, string> Counting(int port) => new() { ["DOTNET_STARTUP_HOOKS"] = Output("AllocationHook"), ["ALLOCATED_BYTES"] = Allocations(port) };

    private string Allocations(int port) => Path.Combine(Folder, $"allocated-{port}");

    private Dictionary<string, string> Redis(string home)
    {
        var port = Ports.Port + 90;
        _parts.Add(new Contestant("Redis", port, Programs.Start("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", home])));
        return new Dictionary<string, string>
        {
            ["Gateway__Redis__Connection"] = $"127.0.0.1:{port}", ["Gateway__Keys__Path"] = Path.Combine(home, "keys"),
        };
    }

    /// <summary>A program that was built with this one.</summary>
    private static string Output(string project, string? program = null)
    {
        var metadata = typeof(Estate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(data => data.Key, data => data.Value!);
        return Path.Combine(metadata["BinFolder"], project, metadata["Configuration"], $"{program ?? project}.dll");
    }
}
