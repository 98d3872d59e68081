using System.Net;
using System.Security.Cryptography.X509Certificates;
using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.IntegrationTests.Lab;

/// <summary>The lab's identity provider alone, with a clock of its own.</summary>
internal sealed class ProviderLab : IAsyncDisposable
{
    public static readonly Uri Gateway = new("https://localhost:4711");

    private readonly LabFolder _folder = new();
    private readonly LabCertificates _certificates;
    private readonly List<IDisposable> _clients = [];
    private LabIdentityProvider? _server;

    private ProviderLab(LabCertificates certificates)
    {
        _certificates = certificates;
        Users = LabUsers.Ensure(_folder.Path);
        Codes = new TotpVerifier(Time);
    }

    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public LabUsers Users { get; }

    public TotpVerifier Codes { get; }

    public LabUser Alice => Users.All[0];

    public LabUser Admin => Users.All[2];

    public LabUser Bob => Users.All[1];

    public Uri Issuer => _server!.Issuer;

    public TokenControl Tokens => _server!.Tokens;

    public X509Certificate2 ClientCertificate => _certificates.Client;

    public static async Task<ProviderLab> StartAsync(string dialect, SharedCertificates shared)
    {
        var lab = new ProviderLab(shared.Certificates);
        lab._server = await LabIdentityProvider.StartAsync(
            new LabIdentityProviderOptions
            {
                Address = LabPorts.FindFree(0).IdentityProvider,
                Dialect = Dialect.Named(dialect),
                Users = lab.Users,
                Client = ClientRegistration.ForGateway(Gateway) with { Certificate = lab._certificates.Client },
                Listener = lab._certificates.Leaf,
                TokenSigner = lab._certificates.TokenSigner,
                Time = lab.Time,
            },
            TestContext.Current.CancellationToken);
        return lab;
    }

    /// <summary>A browser with its own cookies.</summary>
    public FormBrowser Browser()
    {
        var handler = Readiness.Trusting(_certificates.AuthorityFiles.Certificate);
        handler.CookieContainer = new CookieContainer();
        var client = new HttpClient(handler);
        _clients.Add(client);
        return new FormBrowser(client);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }
}
