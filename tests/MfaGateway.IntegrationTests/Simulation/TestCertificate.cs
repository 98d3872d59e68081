using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A certificate for every name in these tests; whoever is to trust it gets its PEM file.</summary>
internal static class TestCertificate
{
    /// <summary>Certificate and key.</summary>
    public static readonly string Pem;

    public static readonly X509Certificate2 Certificate;

    /// <summary>The same names, another key: what a server shows after its certificate was renewed.</summary>
    public static readonly X509Certificate2 Another;

    /// <summary>The same again, but nobody gets its PEM file.</summary>
    public static readonly X509Certificate2 Untrusted;

    static TestCertificate() => ((Certificate, Pem), (Another, _), (Untrusted, _)) = (Make("1"), Make("2"), Make("3"));

    /// <param name="unit">Makes the name different: a root is looked for by its name.</param>
    private static (X509Certificate2 Certificate, string Pem) Make(string unit)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.contoso.com");
        names.AddDnsName("localhost");
        var request = new CertificateRequest($"CN=mail.contoso.com, OU={unit}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(7));
        return (X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null), $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
