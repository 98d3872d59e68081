using System.Text.Json.Nodes;
using MfaGateway.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>What a test wants different from the ordinary estate: one provider, three servers, staff may read mail with MFA, admins reach the admin center.</summary>
internal sealed class NetworkSetup
{
    public const string ClientId = "gateway-client";
    public const string ClientSecret = "client-secret-that-must-not-travel";
    public const string Origin = "https://mail.contoso.com";

    public const string Policy =
        """
        { "version": 1, "rules": [
          { "id": "staff-owa", "effect": "permit", "when": { "resource": ["owa", "ecp-options"], "group": ["Staff"] }, "demand": { "mfa": true, "maxAge": "12:00:00" } },
          { "id": "admins-ecp", "effect": "permit", "when": { "resource": ["ecp"], "group": ["Exchange Admins"] }, "demand": { "mfa": true, "maxAge": "00:15:00" } } ] }
        """;

    /// <summary>The providers by name; the first is the default one.</summary>
    public IReadOnlyList<(string Name, Dialect Dialect, string Issuer)> Providers { get; init; } = [Provider(Dialect.Oidc)];

    public Action<JsonObject>? Configuration { get; init; }

    /// <summary>Changes validated options, for what no file can say (a store that throws).</summary>
    public Action<GatewayOptions>? Options { get; init; }

    public Action<IServiceCollection>? Services { get; init; }

    public string PolicyText { get; init; } = Policy;

    /// <summary>Further files beside the configuration.</summary>
    public Dictionary<string, string> Files { get; } = [];

    /// <summary>The gateway ends TLS itself, with a certificate that browsers here trust.</summary>
    public bool Tls { get; init; }

    /// <summary>Real time after which a gateway that was told to stop cuts what is running.</summary>
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The gateway reaches its providers over real sockets.</summary>
    public bool RealBackChannel { get; init; }

    /// <summary>Address of the one Exchange server, reached over real sockets; null for the simulated ones.</summary>
    public string? RealExchange { get; init; }

    public static (string Name, Dialect Dialect, string Issuer) Provider(Dialect dialect) =>
        (dialect.ToString().ToLowerInvariant(), dialect, Dialects.Issuer(dialect));

    public static NetworkSetup With(params Dialect[] dialects) => new() { Providers = [.. dialects.Select(Provider)] };

    public JsonObject ToJson()
    {
        var gateway = new JsonObject
        {
            ["PublicOrigin"] = Origin,
            ["Listen"] = new JsonObject { ["Url"] = Tls ? "https://127.0.0.1:0" : "http://127.0.0.1:0" },
            ["Management"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
            ["Providers"] = new JsonObject(Providers.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Dialects.Configuration(p.Dialect, p.Issuer)))),
            ["DefaultProvider"] = Providers[0].Name,
            ["Exchange"] = new JsonObject { ["Servers"] = new JsonArray("https://ex1.contoso.test", "https://ex2.contoso.test", "https://ex3.contoso.test") },
            ["Sessions"] = new JsonObject { ["Store"] = "Memory" },
            ["Shutdown"] = new JsonObject { ["DrainFor"] = "00:00:00" }, // no balancer has to notice
            ["Limits"] = new JsonObject { ["AddressRequestsPerMinute"] = 100_000_000, ["SessionRequestsPerMinute"] = 100_000_000, ["UserRequestsPerMinute"] = 100_000_000 }, // nobody types that fast
            ["Policy"] = new JsonObject { ["Path"] = "policy.json" },
            ["Audit"] = new JsonObject { ["Sinks"] = new JsonArray(new JsonObject { ["Kind"] = "File", ["Path"] = "audit.jsonl" }) },
        };
        if (RealExchange is { } server) gateway["Exchange"] = new JsonObject { ["Servers"] = new JsonArray(server), ["TrustedCertificates"] = "gateway.pem" };
        if (Tls) gateway["Listen"]!["Certificate"] = new JsonObject { ["Path"] = "gateway.pem" };
        Configuration?.Invoke(gateway);
        return new JsonObject { ["Gateway"] = gateway };
    }
}
