using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MfaGateway.Configuration;

namespace MfaGateway.Tests.Configuration;

/// <summary>A folder with a valid configuration and everything it names; a test changes it by a JSON merge patch (RFC 7396).</summary>
public sealed class ConfigurationFolder : IDisposable
{
    public const string Policy =
        """
        { "version": 1,
          "rules": [ { "id": "staff", "effect": "permit", "when": { "resource": ["owa"] }, "demand": { "mfa": true } } ],
          "examples": [ { "name": "one factor", "request": { "resource": "owa", "methods": ["pwd"] }, "expect": "step-up", "rule": "staff" } ] }
        """;

    private const string Valid =
        """
        { "Gateway": {
            "PublicOrigin": "https://mail.contoso.com",
            "Listen": { "Url": "https://*:443", "Certificate": { "Path": "tls.pem", "KeyPath": "tls.key" } },
            "Providers": {
              "adfs": { "Kind": "Adfs", "Authority": "https://sts.contoso.com/adfs", "ClientId": "gateway", "Resource": "https://mail.contoso.com/gateway",
                        "ClientCertificate": { "Path": "tls.pem", "KeyPath": "tls.key" } },
              "entra": { "Kind": "Entra", "TenantId": "11111111-2222-3333-4444-555555555555", "ClientId": "gateway", "AuthenticationContext": "c1",
                         "ClientCertificate": { "Path": "tls.pem", "KeyPath": "tls.key" } },
              "other": { "Kind": "Oidc", "Authority": "https://login.example.org", "ClientId": "gateway", "TrustedCertificates": "tls.pem",
                         "ClientCertificate": { "Path": "tls.pem", "KeyPath": "tls.key" },
                         "Evidence": { "Mfa": [ { "Claim": "amr", "AnyOf": ["mfa"] } ] } } },
            "Exchange": { "Servers": ["https://ex1.contoso.com", "https://ex2.contoso.com"] },
            "Policy": { "Path": "policy.json" },
            "Audit": { "Sinks": [ { "Kind": "File", "Path": "audit.jsonl" } ] } } }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("configuration-");

    public ConfigurationFolder()
    {
        Write("policy.json", Policy);
        Write("gateway.json", Valid);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.contoso.com", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        Write("tls.pem", certificate.ExportCertificatePem());
        Write("tls.key", key.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(PathOf("tls.pfx"), certificate.Export(X509ContentType.Pfx, "right"));
    }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    /// <summary>Changes the configuration by a merge patch of its <c>Gateway</c> section.</summary>
    public void Patch(string gateway)
    {
        var document = JsonNode.Parse(Valid)!.AsObject();
        document["Gateway"] = Merge(document["Gateway"], JsonNode.Parse(gateway));
        Write("gateway.json", document.ToJsonString());
    }

    public ConfigurationSources Sources => new() { Files = [PathOf("gateway.json")] };

    public LoadedConfiguration Load(params (string Name, string Value)[] overrides) => ConfigurationLoader.Load(
        Sources with { Overrides = overrides.ToDictionary(o => o.Name, o => (string?)o.Value) });

    public void Dispose() => _folder.Delete(recursive: true);

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target is JsonObject existing ? existing.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null) result.Remove(name);
            else result[name] = Merge(result[name], value);
        }

        return result;
    }
}
