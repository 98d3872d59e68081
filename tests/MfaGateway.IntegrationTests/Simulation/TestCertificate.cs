using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A certificate for every name in these tests; whoever is to trust it gets its PEM file.</summary>
internal static class TestCertificate
{
    /// <summary>Certificate and key.</summary>
    public static readonly string Pem;

    public static readonly X509Certificate2 Certificate;

    static TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.contoso.com");
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=mail.contoso.com", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(7));
        Pem = $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
        Certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
