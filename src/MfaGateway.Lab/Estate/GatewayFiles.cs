using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Lab.Certificates;
using MfaGateway.Lab.IdentityProvider;
using MfaGateway.Lab.Kerberos;

namespace MfaGateway.Lab.Estate;

/// <summary>Writes the gateway's configuration and policy into the state folder, as an operator would write them.</summary>
internal sealed class GatewayFiles(StateFolder state, LabPorts ports, LabCertificates certificates, LabDomain? domain)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes both and returns the configuration's path.</summary>
    public string Write(Dialect dialect)
    {
        File.WriteAllText(state.In("policy.json"), LabPolicy.Text);
        var path = state.In("gateway.json");
        File.WriteAllText(path, new JsonObject { ["Gateway"] = Gateway(dialect) }.ToJsonString(Indented));
        return path;
    }

    private JsonObject Gateway(Dialect dialect) => new()
    {
        ["PublicOrigin"] = OriginOf(ports.Gateway),
        ["DataDirectory"] = state.In("gateway"),
        ["Listen"] = new JsonObject { ["Url"] = OriginOf(ports.Gateway), ["Certificate"] = Pair(certificates.LeafFiles) },
        ["Management"] = new JsonObject { ["Url"] = OriginOf(ports.Management) },
        ["Providers"] = new JsonObject { [dialect.Name] = Provider(dialect) },
        ["DefaultProvider"] = dialect.Name,
        ["Exchange"] = new JsonObject
        {
            ["Servers"] = new JsonArray([.. ports.Exchange.Select(server => JsonValue.Create(OriginOf(server)))]),
            ["TrustedCertificates"] = certificates.AuthorityFiles.Certificate,
            ["HealthCheck"] = new JsonObject { ["Interval"] = "00:00:02" },
            ["SignOn"] = domain?.GatewaySettings() ?? new JsonObject { ["Method"] = "PassThrough" },
        },
        ["Sessions"] = new JsonObject { ["Store"] = "Sqlite" },
        ["Limits"] = ForOneMachine(),
        ["Shutdown"] = new JsonObject { ["DrainFor"] = "00:00:00" }, // no balancer has to notice
        ["Policy"] = new JsonObject { ["Path"] = state.In("policy.json") },
        ["Audit"] = new JsonObject
        {
            ["Sinks"] = new JsonArray(new JsonObject { ["Kind"] = "File", ["Path"] = state.AuditFile, ["Required"] = true }),
        },
    };

    /// <summary>In the lab everybody comes from one address, and a few users make the load of thousands.</summary>
    private static JsonObject ForOneMachine() => new()
    {
        ["SignInsPerMinute"] = 100_000,
        ["SessionsPerUser"] = 10_000,
        ["AddressRequestsPerMinute"] = 100_000_000,
        ["AddressRequestsAtOnce"] = 1_000_000,
        ["SessionRequestsPerMinute"] = 100_000_000,
        ["SessionRequestsAtOnce"] = 1_000_000,
        ["UserRequestsPerMinute"] = 100_000_000,
        ["UserRequestsAtOnce"] = 1_000_000,
        ["UserHangingRequests"] = 1_000_000,
        ["AddressConnections"] = 1_000_000,
    };

    private JsonObject Provider(Dialect dialect)
    {
        var provider = new JsonObject
        {
            ["Kind"] = dialect is EntraDialect ? "Entra" : "Adfs",
            ["ClientId"] = ClientRegistration.GatewayId,
            ["ClientCertificate"] = Pair(certificates.ClientFiles),
            ["TrustedCertificates"] = certificates.AuthorityFiles.Certificate,
        };
        if (dialect is EntraDialect)
        {
            provider["Instance"] = OriginOf(ports.IdentityProvider);
            provider["TenantId"] = EntraDialect.TenantId;
            provider["AuthenticationContext"] = EntraDialect.Context;
        }
        else
        {
            provider["Authority"] = new Uri(ports.IdentityProvider, dialect.Paths.Issuer).AbsoluteUri;
            provider["Resource"] = AdfsDialect.Resource;
        }

        return provider;
    }

    private static JsonObject Pair(PemFiles files) => new() { ["Path"] = files.Certificate, ["KeyPath"] = files.Key };

    private static string OriginOf(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
