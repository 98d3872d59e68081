using System.Net;
using System.Net.Sockets;
using MfaGateway.Configuration;
using MfaGateway.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>
/// Joins browsers, the real gateway on Kestrel, identity providers and Exchange. Only what stands outside the gateway is simulated; time is the test's.
/// </summary>
internal sealed class SimulatedNetwork : IAsyncDisposable
{
    private readonly NetworkSetup _setup;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mfagw-test-");
    private readonly Dictionary<string, MisbehavingProvider> _providers = [];
    private readonly List<Browser> _browsers = [];
    private IHost? _host;
    private int[] _ports = [];

    private SimulatedNetwork(NetworkSetup setup)
    {
        _setup = setup;
        Audit = new AuditFile(Path.Combine(_folder.FullName, "audit.jsonl"));
        foreach (var (name, dialect, issuer) in setup.Providers)
        {
            _providers[name] = new MisbehavingProvider(dialect, issuer, Time);
            Internet.Add(_providers[name]);
        }
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
    public Internet Internet { get; } = new();
    public ExchangeDouble Exchange { get; } = new();
    public AuditFile Audit { get; }
    public LogWatch Log { get; private set; } = new();

    /// <summary>The provider that signs people in when nothing else decides.</summary>
    public MisbehavingProvider Provider => _providers[_setup.Providers[0].Name];

    public IServiceProvider Services => _host!.Services;

    /// <summary>The port of the public listener.</summary>
    public int Port => _ports[1];

    public int ManagementPort => _ports[0];

    public string ConfigurationFile => Path.Combine(_folder.FullName, "gateway.json");

    public string PolicyFile => Path.Combine(_folder.FullName, "policy.json");

    public static async Task<SimulatedNetwork> StartAsync(NetworkSetup? setup = null)
    {
        var network = new SimulatedNetwork(setup ?? new NetworkSetup());
        await File.WriteAllTextAsync(network.ConfigurationFile, network._setup.ToJson().ToJsonString());
        await File.WriteAllTextAsync(network.PolicyFile, network._setup.PolicyText);
        foreach (var (name, text) in network._setup.Files) await File.WriteAllTextAsync(Path.Combine(network._folder.FullName, name), text);
        if (network._setup.Tls || network._setup.RealExchange is not null) await File.WriteAllTextAsync(Path.Combine(network._folder.FullName, "gateway.pem"), TestCertificate.Pem);
        await network.StartGatewayAsync();
        return network;
    }

    public MisbehavingProvider ProviderNamed(string name) => _providers[name];

    /// <summary>A browser of its own, with no cookies yet.</summary>
    public Browser NewBrowser()
    {
        var browser = new Browser(this) { Tls = _setup.Tls };
        _browsers.Add(browser);
        return browser;
    }

    /// <summary>A browser in which the provider's person is signed in and reads mail.</summary>
    public async Task<Browser> SignedInBrowserAsync(string path = "/owa/")
    {
        var browser = NewBrowser();
        var page = await browser.OpenAsync(path);
        Assert.True(page.Status == HttpStatusCode.OK, $"{page}\n{Log.Text}");
        return browser;
    }

    public async Task RestartAsync()
    {
        await StopGatewayAsync();
        Log = new LogWatch();
        await StartGatewayAsync();
    }

    /// <summary>Tells the gateway to stop, as a service manager does.</summary>
    public Task StopAsync() => _host!.StopAsync(CancellationToken.None);

    /// <summary>Connects to the public listener.</summary>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers) browser.Dispose();
        await StopGatewayAsync();
        Exchange.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartGatewayAsync()
    {
        var sources = new ConfigurationSources
        {
            Files = [ConfigurationFile],
            Overrides = _setup.Providers.ToDictionary(p => $"Gateway:Providers:{p.Name}:ClientSecret", string? (_) => NetworkSetup.ClientSecret),
        };
        var loaded = ConfigurationLoader.Load(sources);
        var options = loaded.Options ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
        _setup.Options?.Invoke(options);
        _host = new HostBuilder()
            .ConfigureHostOptions(host => host.ShutdownTimeout = _setup.StopTime)
            .ConfigureLogging(logging => logging.AddProvider(Log).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)) // as the program has it
            .ConfigureServices(services => AddServices(services, options, sources))
            .ConfigureWebHost(web => web
                .UseKestrel(kestrel => kestrel.UseGatewayListeners(options))
                .Configure(app =>
                {
                    app.MapWhen(context => context.Features.Get<ManagementConnection>() is not null, management => management.UseManagement());
                    app.UseGateway();
                }))
            .Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
        _ports = [.. _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port)];
    }

    private void AddServices(IServiceCollection services, GatewayOptions options, ConfigurationSources sources)
    {
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(new GatewayTransports
        {
            BackChannel = _setup.RealBackChannel ? null : _ => Internet.For(gateway: true),
            Exchange = _setup.RealExchange is null ? () => Exchange : null,
        });
        _setup.Services?.Invoke(services);
        services.AddGateway(options, sources);
    }

    private async Task StopGatewayAsync()
    {
        if (_host is null) return;
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _host = null;
    }
}
