using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.Lab.Certificates;

/// <summary>Makes the lab's certificates.</summary>
internal sealed class CertificateMaker(TimeProvider time)
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>A root that can vouch for this machine only, so that trusting it in a browser opens nothing else.</summary>
    public X509Certificate2 MakeAuthority(ECDsa key, TimeSpan life)
    {
        var request = new CertificateRequest("CN=MfaGateway lab CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(OnlyThisMachine());
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now + life);
    }

    /// <summary>The certificate of every listener: <c>localhost</c>, <c>127.0.0.1</c> and <c>::1</c>.</summary>
    public X509Certificate2 MakeLeaf(X509Certificate2 authority, ECDsa key, TimeSpan life)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var now = time.GetUtcNow();
        var end = now + life < authority.NotAfter ? now + life : authority.NotAfter;
        return request.Create(authority, now.AddMinutes(-5), end, RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>A certificate that signs tokens or client assertions; nobody looks for its issuer.</summary>
    public X509Certificate2 MakeSigner(string name, RSA key, TimeSpan life)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now + life);
    }

    /// <summary>Name constraints (RFC 5280 section 4.2.1.10): a permitted subtree for each of our three names, as address and mask for the addresses.</summary>
    private static X509Extension OnlyThisMachine()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.IA5String, "localhost", new Asn1Tag(TagClass.ContextSpecific, 2));
            WriteAddress(writer, IPAddress.Loopback);
            WriteAddress(writer, IPAddress.IPv6Loopback);
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private static void WriteAddress(AsnWriter writer, IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var mask = new byte[bytes.Length];
        Array.Fill(mask, byte.MaxValue);
        using (writer.PushSequence()) writer.WriteOctetString([.. bytes, .. mask], new Asn1Tag(TagClass.ContextSpecific, 7));
    }
}
