using System.Diagnostics;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MfaGateway.Configuration;
using MfaGateway.IntegrationTests.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>How the public listener speaks TLS, asked by another implementation than ours.</summary>
public sealed class TlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task a_session_is_resumed_by_its_ticket(string version)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });
        var ticket = Path.GetTempFileName();

        var first = await AskAsync(network, version, "-sess_out", ticket);
        var second = await AskAsync(network, version, "-sess_in", ticket);

        File.Delete(ticket);
        Assert.StartsWith("New", How(first), StringComparison.Ordinal);
        Assert.StartsWith("Reused", How(second), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h2,http/1.1", "h2")]
    [InlineData("http/1.1", "http/1.1")]
    public async Task http_2_is_chosen_before_http_1(string offered, string chosen)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });

        var answer = await AskAsync(network, "-alpn", offered);

        Assert.Contains($"ALPN protocol: {chosen}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task older_versions_get_no_connection(string version)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });

        var answer = await AskAsync(network, version, "-cipher", "DEFAULT@SECLEVEL=0");

        Assert.Contains("alert", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", answer, StringComparison.Ordinal);
        var spoken = network.Services.GetRequiredService<ServerTls>().Current().EnabledSslProtocols;
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, spoken); // on most systems the library refuses older ones by itself, and what is said on the wire proves nothing
    }

    [Fact]
    public async Task the_intermediates_of_the_file_are_sent_along_and_changed_with_it()
    {
        var (first, second) = (Chain("first"), Chain("second"));
        var setup = new NetworkSetup { Tls = true, Configuration = gateway => gateway["Listen"]!["Certificate"] = new JsonObject { ["Path"] = "chain.pem" } };
        setup.Files["chain.pem"] = first;
        await using var network = await SimulatedNetwork.StartAsync(setup);
        var file = Path.Combine(Path.GetDirectoryName(network.ConfigurationFile)!, "chain.pem");

        var before = await AskAsync(network, "-showcerts");
        await File.WriteAllTextAsync(file, second, Cancel);
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddMinutes(1));
        var after = await AskAsync(network, "-showcerts");

        Assert.Equal(2, Regex.Count(before, "BEGIN CERTIFICATE"));
        Assert.Contains("CN = first", before, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(after, "BEGIN CERTIFICATE"));
        Assert.Contains("CN = second", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task renegotiation_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Tls = true });

        var answer = await AskAsync(network, ["-tls1_2"], "R\n");

        const string Asked = "RENEGOTIATING";
        var afterwards = answer.IndexOf(Asked, StringComparison.Ordinal);
        Assert.Contains("verify return:1", answer[..afterwards], StringComparison.Ordinal);
        Assert.DoesNotContain("verify return:1", answer[(afterwards + Asked.Length)..], StringComparison.Ordinal); // a second handshake shows the certificate again
    }

    private static Task<string> AskAsync(SimulatedNetwork network, params string[] options) =>
        AskAsync(network, [.. options, "-ign_eof"], "GET /.gateway/health/live HTTP/1.1\r\nHost: mail.contoso.com\r\nConnection: close\r\n\r\n");

    /// <summary>What <c>openssl s_client</c> says of a connection over which it sends this.</summary>
    private static async Task<string> AskAsync(SimulatedNetwork network, string[] options, string input)
    {
        var start = new ProcessStartInfo("openssl", ["s_client", "-connect", $"127.0.0.1:{network.Port}", "-servername", "mail.contoso.com", .. options])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var client = Process.Start(start)!;
        var (said, problems) = (client.StandardOutput.ReadToEndAsync(Cancel), client.StandardError.ReadToEndAsync(Cancel));
        try
        {
            await client.StandardInput.WriteAsync(input.AsMemory(), Cancel);
            client.StandardInput.Close();
        }
        catch (IOException)
        {
            // it has given up already
        }

        return await said + await problems;
    }

    private static string How(string answer) => answer.Split('\n').First(line => line.StartsWith("New,", StringComparison.Ordinal) || line.StartsWith("Reused,", StringComparison.Ordinal));

    /// <summary>A leaf and the intermediate that signed it, with the leaf's key.</summary>
    private static string Chain(string name)
    {
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(7));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority($"root of {name}", rootKey).CreateSelfSigned(from.AddDays(-1), to.AddDays(1));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Authority(name, middleKey).Create(root, from, to, RandomNumberGenerator.GetBytes(8));
        using var middle = signed.CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = new CertificateRequest("CN=mail.contoso.com", key, HashAlgorithmName.SHA256).Create(middle, from, to, RandomNumberGenerator.GetBytes(8));
        return $"{leaf.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }
}
