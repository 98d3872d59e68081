using MfaGateway.Host;
using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.Exchange;
using MfaGateway.Lab.IdentityProvider;
using MfaGateway.Lab.Kerberos;

namespace MfaGateway.Lab.Estate;

/// <summary>The whole estate, running: identity provider, Exchange simulators, and the real gateway in front of them.</summary>
internal sealed class LabEstate : IAsyncDisposable
{
    /// <summary>How long the gateway may take to find its servers healthy: two good probes at 2 seconds, and some.</summary>
    private static readonly TimeSpan ReadyTime = TimeSpan.FromSeconds(20);

    private readonly List<ExchangeSimulator> _exchange = [];
    private LabCertificates? _certificates;
    private LabIdentityProvider? _identityProvider;
    private Func<CancellationToken, Task>? _startGateway;
    private IHost? _gateway;

    private LabEstate(string statePath, LabPorts ports)
    {
        State = StateFolder.Take(statePath);
        Ports = ports;
    }

    public StateFolder State { get; }

    public LabPorts Ports { get; }

    public LabUsers Users { get; private set; } = new([]);

    public IReadOnlyList<ExchangeSimulator> Exchange => _exchange;

    /// <summary>Where people are known by Kerberos; null where they are not signed on.</summary>
    public LabDomain? Domain { get; private set; }

    /// <summary>The certificate that browsers and tests have to trust.</summary>
    public string CaCertificate => (_certificates ?? throw new InvalidOperationException("The lab has not started.")).AuthorityFiles.Certificate;

    /// <summary>Issuer of the identity provider.</summary>
    public Uri IdentityProvider => Provider.Issuer;

    /// <summary>The identity provider; tests let it misbehave.</summary>
    public LabIdentityProvider Provider => _identityProvider ?? throw new InvalidOperationException("The lab has not started.");

    /// <summary>Starts everything and waits until the gateway is ready.</summary>
    /// <exception cref="LabException">A port is taken, the state folder is in use, the gateway refuses its configuration, or there can be no domain here.</exception>
    public static async Task<LabEstate> StartAsync(LabOptions options, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        var ports = new LabPorts(options.Port, options.Servers);
        if (ports.Taken() is { Count: > 0 } taken)
        {
            var list = string.Join(", ", taken.Select(entry => $"{entry.Port} ({entry.Purpose})"));
            throw new LabException(
                $"Already in use: port {list}. Stop what listens there, or choose another block of ports with --port, for example --port {ports.Port + 1000}.");
        }

        var estate = new LabEstate(options.State, ports);
        try
        {
            await estate.StartPartsAsync(options, logging, cancellationToken);
            return estate;
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the gateway and starts it again with the same files, as for an update; everything else goes on.</summary>
    public async Task RestartGatewayAsync(CancellationToken cancellationToken)
    {
        await StopGatewayAsync();
        await (_startGateway ?? throw new InvalidOperationException("The lab has not started."))(cancellationToken);
    }

    /// <summary>Stops the gateway first, so that it does not report its servers gone, then the rest at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopGatewayAsync();
        await Task.WhenAll([.. _exchange.Select(server => server.DisposeAsync().AsTask()), _identityProvider?.DisposeAsync().AsTask() ?? Task.CompletedTask]);
        if (Domain is not null) await Domain.DisposeAsync();
        _certificates?.Dispose();
        State.Dispose();
    }

    private async Task StartPartsAsync(LabOptions options, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        Users = LabUsers.Ensure(State.Path);
        _certificates = LabCertificates.Ensure(State.Path, TimeProvider.System);
        if (options.SignOn == LabOptions.Kerberos) Domain = await LabDomain.StartAsync(Users, cancellationToken);
        var logon = Domain?.LogonFor(_certificates.Leaf);
        foreach (var address in Ports.Exchange)
            _exchange.Add(await ExchangeSimulator.StartAsync(_exchange.Count, address, _certificates.Leaf, logon, logging, cancellationToken));

        var dialect = Dialect.Named(options.Provider);
        _identityProvider = await LabIdentityProvider.StartAsync(
            new LabIdentityProviderOptions
            {
                Address = Ports.IdentityProvider,
                Dialect = dialect,
                Users = Users,
                Client = ClientRegistration.ForGateway(Ports.Gateway) with { Certificate = _certificates.Client },
                Listener = _certificates.Leaf,
                TokenSigner = _certificates.TokenSigner,
                KeyFolder = State.In("identity-provider"),
                Logging = logging,
            },
            cancellationToken);
        var configuration = new GatewayFiles(State, Ports, _certificates, Domain).Write(dialect);
        _startGateway = stop => StartGatewayAsync(configuration, options, logging, stop);
        if (options.Gateway) await _startGateway(cancellationToken);
    }

    private async Task StopGatewayAsync()
    {
        if (_gateway is null) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _gateway.StopAsync(patience.Token);
        _gateway.Dispose();
        _gateway = null;
    }

    private async Task StartGatewayAsync(string configuration, LabOptions options, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        var overrides = new Dictionary<string, string?>();
        if (options.Policy is { } policy) overrides["Gateway:Policy:Path"] = Path.GetFullPath(policy);
        _gateway = GatewayApplication.Build(
            new GatewayStartup
            {
                ConfigurationFiles = options.Config is { } overlay ? [configuration, Path.GetFullPath(overlay)] : [configuration],
                Overrides = overrides,
                Logging = logging,
            });
        await _gateway.StartAsync(cancellationToken);
        await Readiness.WaitAsync(Ports.Gateway, CaCertificate, ReadyTime, cancellationToken);
    }
}
