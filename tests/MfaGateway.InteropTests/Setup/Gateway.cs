using System.Text.Json.Nodes;
using MfaGateway.Host;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MfaGateway.InteropTests.Setup;

/// <summary>The real gateway on a free port, under a name that only the test's browser and the provider can find.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    public static readonly Uri Origin = new("https://mail.contoso.test");

    /// <summary>Mail for whoever signed in; the admin center for administrators who proved a second factor in the last quarter of an hour.</summary>
    private const string Policy =
        """
        { "version": 1,
          "rules": [
            { "id": "mail", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] } },
            { "id": "admin-center", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] },
              "demand": { "mfa": true, "method": ["otp"], "context": ["loa-4"], "maxAge": "00:15:00" } } ],
          "examples": [
            { "name": "a password is enough for mail", "request": { "resource": "owa", "user": "alice@contoso.test", "groups": ["Staff"], "methods": ["pwd"] },
              "expect": "allow", "rule": "mail" } ] }
        """;

    private readonly IHost _host;

    private Gateway(IHost host, int port) => (_host, Port) = (host, port);

    public int Port { get; }

    public static async Task<Gateway> StartAsync(string folder, Uri issuer, string exchange, JsonObject signOn, TestCertificate listener, TestCertificate? client)
    {
        var configuration = await WriteAsync(folder, issuer, exchange, signOn, listener, client);
        var secrets = new Dictionary<string, string?>();
        if (client is null) secrets["Gateway:Providers:other:ClientSecret"] = Deployment.Secret;
        var host = GatewayApplication.Build(new GatewayStartup
        {
            ConfigurationFiles = [configuration], Overrides = secrets, Logging = logging => logging.ClearProviders(),
        });
        await host.StartAsync();
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Gateway(host, new Uri(addresses.Single(address => address.StartsWith("https", StringComparison.Ordinal))).Port);
    }

    /// <summary>Writes configuration and policy into a folder, and says where the first is.</summary>
    public static async Task<string> WriteAsync(string folder, Uri issuer, string exchange, JsonObject signOn, TestCertificate listener, TestCertificate? client)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "policy.json"), Policy);
        var configuration = Path.Combine(folder, "gateway.json");
        await File.WriteAllTextAsync(configuration, new JsonObject { ["Gateway"] = Settings(issuer, exchange, signOn, listener, client) }.ToJsonString());
        return configuration;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static JsonObject Settings(Uri issuer, string exchange, JsonObject signOn, TestCertificate listener, TestCertificate? client)
    {
        var provider = JsonNode.Parse(
            """
            { "Kind": "Oidc", "Scopes": ["openid", "profile"], "User": "preferred_username", "AskForMfaAtSignIn": false,
              "Evidence": { "Mfa": [ { "Claim": "amr", "AnyOf": ["mfa", "otp"] }, { "Claim": "acr", "AnyOf": ["loa-4"] } ] },
              "StepUp": { "acr_values": "loa-4" } }
            """)!.AsObject();
        provider["Authority"] = issuer.GetLeftPart(UriPartial.Authority);
        provider["ClientId"] = NodeProvider.ClientId;
        provider["TrustedCertificates"] = listener.Path;
        if (client is not null) provider["ClientCertificate"] = Pair(client);
        return new JsonObject
        {
            ["PublicOrigin"] = Origin.AbsoluteUri,
            ["Listen"] = new JsonObject { ["Url"] = "https://127.0.0.1:0", ["Certificate"] = Pair(listener) },
            ["Management"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
            ["Providers"] = new JsonObject { ["other"] = provider },
            ["Exchange"] = new JsonObject
            {
                ["Servers"] = new JsonArray(exchange), ["TrustedCertificates"] = listener.Path, ["SignOn"] = signOn.DeepClone(),
            },
            ["Shutdown"] = new JsonObject { ["DrainFor"] = "00:00:00" }, // no balancer has to notice
            ["Policy"] = new JsonObject { ["Path"] = "policy.json" },
            ["Limits"] = new JsonObject { ["ProviderTimeout"] = "00:01:00" }, // the machine may be busy with other suites
            ["Audit"] = new JsonObject { ["Sinks"] = new JsonArray(new JsonObject { ["Kind"] = "File", ["Path"] = "audit.jsonl", ["Required"] = true }) },
        };
    }

    private static JsonObject Pair(TestCertificate files) => new() { ["Path"] = files.Path, ["KeyPath"] = files.KeyPath };
}
