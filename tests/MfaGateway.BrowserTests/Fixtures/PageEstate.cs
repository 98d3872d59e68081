using System.Text.Json.Nodes;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>An estate in which every page of the gateway can be brought about: three providers to choose from, one of which is down, and a brand.</summary>
public sealed class PageEstate(Estates estates) : IAsyncLifetime
{
    private const string Logo =
        """<svg xmlns="http://www.w3.org/2000/svg" width="96" height="32"><rect width="96" height="32" rx="6" fill="#0b5cad"/><circle cx="16" cy="16" r="8" fill="#fff"/></svg>""";

    private Estate? _estate;

    public Estate Estate => _estate ?? throw new InvalidOperationException("The estate has not started.");

    public async ValueTask InitializeAsync() => _estate = await estates.StartAsync("adfs", Overlay);

    public async ValueTask DisposeAsync()
    {
        if (_estate is not null) await _estate.DisposeAsync();
    }

    private static JsonObject Overlay(string state, LabPorts ports)
    {
        File.WriteAllText(Path.Combine(state, "logo.svg"), Logo);
        return new JsonObject
        {
            ["DefaultProvider"] = null,
            ["Providers"] = new JsonObject
            {
                ["adfs"] = new JsonObject { ["DisplayName"] = "Contoso Head Office", ["Domains"] = new JsonArray("contoso.test") },
                ["other"] = Provider(state, "Contoso <Subsidiaries> & Partners", $"https://127.0.0.1:{ports.IdentityProvider.Port}/adfs"),
                ["down"] = Provider(state, "Fabrikam", $"https://127.0.0.1:{ports.Port + 3}/adfs"),
            },
            ["Exchange"] = new JsonObject { ["HealthCheck"] = new JsonObject { ["Interval"] = "00:00:01", ["Failures"] = 1 } },
            ["Branding"] = new JsonObject { ["Name"] = "Contoso Mail", ["LogoPath"] = "logo.svg", ["Support"] = "Help desk: telephone 4711, helpdesk@contoso.test" },
        };
    }

    private static JsonObject Provider(string state, string name, string authority) => new()
    {
        ["Kind"] = "Adfs",
        ["DisplayName"] = name,
        ["Authority"] = authority,
        ["Resource"] = AdfsDialect.Resource,
        ["ClientId"] = ClientRegistration.GatewayId,
        ["ClientCertificate"] = new JsonObject { ["Path"] = Path.Combine(state, "gateway-client.pem"), ["KeyPath"] = Path.Combine(state, "gateway-client.key") },
        ["TrustedCertificates"] = Path.Combine(state, "lab-ca.pem"),
    };
}
