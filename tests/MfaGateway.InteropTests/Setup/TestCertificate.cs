using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.InteropTests.Setup;

/// <summary>A self-signed certificate in PEM files: every server of a deployment shows it and every client trusts it.</summary>
internal sealed class TestCertificate : IDisposable
{
    private TestCertificate(string folder, string name, X509Certificate2 certificate) =>
        (Path, KeyPath, Certificate) = (System.IO.Path.Combine(folder, $"{name}.pem"), System.IO.Path.Combine(folder, $"{name}.key"), certificate);

    public string Path { get; }

    public string KeyPath { get; }

    public X509Certificate2 Certificate { get; }

    public static TestCertificate Make(string folder, string name, params string[] hosts)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        foreach (var host in hosts) names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        // out and in again: Windows does not use a key that is in memory only
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var files = new TestCertificate(folder, name, certificate);
        File.WriteAllText(files.Path, made.ExportCertificatePem());
        File.WriteAllText(files.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose() => Certificate.Dispose();
}
