using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MfaGateway.Configuration;
using MfaGateway.Tests.Access;
using MfaGateway.Tests.Configuration;

namespace MfaGateway.Tests.Documentation;

/// <summary>
/// Keeps docs/configuration.md true: what stands between its markers is made from the code. To bring the page up to date, run the tests once with the
/// environment variable <c>UPDATE_DOCS=1</c>.
/// </summary>
public class ConfigurationPageTests
{
    private static readonly string Page = Repository.PathOf("docs", "configuration.md");

    public static TheoryData<string> Parts => ["settings", "evidence", "ecp-options"];

    [Theory]
    [MemberData(nameof(Parts))]
    public void The_page_says_what_the_code_does(string part)
    {
        var made = part switch
        {
            "settings" => SettingsReference.Write(),
            "evidence" => DialectReference.WriteEvidence(),
            _ => DialectReference.WriteEcpOptions(),
        };
        var page = File.ReadAllText(Page).ReplaceLineEndings("\n");
        var block = new Regex($"(<!-- made from the code: {part} -->\n).*?(\n<!-- end -->)", RegexOptions.Singleline);
        Assert.Single(block.Matches(page));
        var updated = block.Replace(page, match => $"{match.Groups[1].Value}\n{made}\n{match.Groups[2].Value}");

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(Page, updated);

        Assert.Equal(updated, File.ReadAllText(Page).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_example_is_a_valid_configuration()
    {
        using var folder = new ConfigurationFolder();
        folder.Write("internal-ca.pem", File.ReadAllText(folder.PathOf("tls.pem")));
        folder.Write("keys.pem", RsaPair());
        File.WriteAllBytes(folder.PathOf("GeoLite2-Country.mmdb"), MmdbWriter.Write([("192.0.2.0/24", "DE")]));
        folder.Write("gateway.json", Example());

        var loaded = folder.Load(("Gateway:Providers:other:ClientSecret", "from outside"));

        Assert.Empty(loaded.Problems);
    }

    [Fact]
    public void The_example_shows_every_section()
    {
        var sections = typeof(GatewayOptions).GetProperties().Select(p => p.Name).Except(["DataDirectory"]);

        Assert.All(sections, name => Assert.Contains($"\"{name}\":", Example(), StringComparison.Ordinal));
    }

    private static string RsaPair()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}";
    }

    private static string Example() => Regex.Match(File.ReadAllText(Page), "```jsonc\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
}
