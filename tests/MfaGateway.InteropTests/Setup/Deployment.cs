using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MfaGateway.InteropTests.Kerberos;

namespace MfaGateway.InteropTests.Setup;

/// <summary>Independent provider, gateway and a stand-in for Exchange, wired together.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    /// <summary>The client's secret where it proves itself by one.</summary>
    public static readonly string Secret = RandomNumberGenerator.GetHexString(32);

    private readonly string _folder = Directory.CreateTempSubdirectory("mfagw-interop-").FullName;
    private readonly TestCertificate _listener;
    private readonly TestCertificate? _client;
    private readonly JsonObject _signOn;
    private IMailServer? _exchange;
    private NodeProvider? _provider;
    private Gateway? _gateway;

    private Deployment(bool clientHasKey, JsonObject signOn)
    {
        _signOn = signOn;
        _listener = TestCertificate.Make(_folder, "listener", Gateway.Origin.Host);
        _client = clientHasKey ? TestCertificate.Make(_folder, "client") : null;
    }

    public NodeProvider Provider => _provider ?? throw new InvalidOperationException("The provider is not running.");

    /// <summary>The mail server, where it signs people on with Kerberos.</summary>
    public ExchangeAcceptor Acceptor => _exchange as ExchangeAcceptor ?? throw new InvalidOperationException("The mail server signs nobody on.");

    /// <param name="clientHasKey">The gateway proves itself by <c>private_key_jwt</c>, else by a secret.</param>
    public static Task<Deployment> StartAsync(bool clientHasKey = true) =>
        StartAsync(
            new Deployment(clientHasKey, new JsonObject { ["Method"] = "PassThrough" }),
            async (certificate, _) => await ExchangeDouble.StartAsync(certificate.Certificate));

    /// <param name="signOn">How the gateway signs people on.</param>
    /// <param name="keytab">The mail server's key.</param>
    public static Task<Deployment> StartAsync(JsonObject signOn, string keytab) => StartAsync(
        signOn, async (certificate, folder) => await ExchangeAcceptor.StartAsync(certificate.Certificate, keytab, Path.Combine(folder, "replays")));

    /// <param name="signOn">How the gateway signs people on.</param>
    /// <param name="exchange">Starts the mail server, with a certificate to show and a folder to use.</param>
    public static Task<Deployment> StartAsync(JsonObject signOn, StartMailServer exchange) => StartAsync(new Deployment(true, signOn), exchange);

    private static async Task<Deployment> StartAsync(Deployment deployment, StartMailServer exchange)
    {
        try
        {
            await deployment.StartPartsAsync(exchange);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the gateway has recorded.</summary>
    public string Audit
    {
        get
        {
            using var file = new StreamReader(new FileStream(Path.Combine(_folder, "audit.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return file.ReadToEnd();
        }
    }

    public Browser OpenBrowser() => new(_gateway!.Port, _listener.Path);

    public async Task StopProviderAsync()
    {
        await Provider.DisposeAsync();
        _provider = null;
    }

    /// <summary>Starts it again where it was; its keys and everything it remembered are new.</summary>
    public async Task StartProviderAsync(Uri issuer) => await StartProviderAsync(issuer.Port);

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_provider is not null) await _provider.DisposeAsync();
        if (_exchange is not null) await _exchange.DisposeAsync();
        _client?.Dispose();
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartPartsAsync(StartMailServer exchange)
    {
        _exchange = await exchange(_listener, _folder);
        await StartProviderAsync(0);
        _gateway = await Gateway.StartAsync(_folder, Provider.Issuer, _exchange.Address, _signOn, _listener, _client);
        await Provider.TellGatewayPortAsync(_gateway.Port);
    }

    private async Task StartProviderAsync(int port)
    {
        var client = NodeProvider.ClientOf(Gateway.Origin);
        client["token_endpoint_auth_method"] = _client is null ? "client_secret_post" : "private_key_jwt";
        if (_client is null) client["client_secret"] = Secret;
        else client["jwks"] = NodeProvider.KeysOf(_client.Certificate);
        _provider = await NodeProvider.StartAsync(_listener, client, port);
        if (_gateway is not null) await _provider.TellGatewayPortAsync(_gateway.Port);
    }
}
