using System.Formats.Asn1;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MfaGateway.SignOn.Kerberos.Connections;

namespace MfaGateway.Tests.SignOn;

/// <summary>RFC 5929, section 4.1: the certificate hashed with the hash of its own signature.</summary>
public sealed class EndpointBindingTests
{
    private const string Pss = "1.2.840.113549.1.1.10";

    [Theory]
    [InlineData("1.2.840.113549.1.1.4", "SHA256")] // RSA with MD5, too weak for a binding
    [InlineData("1.2.840.113549.1.1.5", "SHA256")] // RSA with SHA-1, too weak too
    [InlineData("1.2.840.113549.1.1.11", "SHA256")]
    [InlineData("1.2.840.113549.1.1.12", "SHA384")]
    [InlineData("1.2.840.113549.1.1.13", "SHA512")]
    [InlineData("1.2.840.10045.4.1", "SHA256")] // ECDSA with SHA-1
    [InlineData("1.2.840.10045.4.3.2", "SHA256")]
    [InlineData("1.2.840.10045.4.3.3", "SHA384")]
    [InlineData("1.2.840.10045.4.3.4", "SHA512")]
    public void The_hash_is_that_of_the_signature_and_never_weaker_than_SHA_256(string signature, string hash)
    {
        using var certificate = SignedWith(Algorithm(signature));

        Assert.Equal(Expected(hash, certificate), EndpointBinding.Of(certificate));
    }

    [Theory]
    [InlineData(null, "SHA256")] // not said means SHA-1 (RFC 4055, section 3.1)
    [InlineData("1.3.14.3.2.26", "SHA256")]
    [InlineData("2.16.840.1.101.3.4.2.1", "SHA256")]
    [InlineData("2.16.840.1.101.3.4.2.2", "SHA384")]
    [InlineData("2.16.840.1.101.3.4.2.3", "SHA512")]
    public void RSASSA_PSS_says_its_hash_in_its_parameters(string? parameter, string hash)
    {
        using var certificate = SignedWith(Algorithm(Pss, parameter));

        Assert.Equal(Expected(hash, certificate), EndpointBinding.Of(certificate));
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void A_real_certificate_with_RSASSA_PSS_is_read_like_the_made_ones(string hash)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=pss", key, new HashAlgorithmName(hash), RSASignaturePadding.Pss).CreateSelfSigned(Yesterday, Tomorrow);

        Assert.Equal(Pss, certificate.SignatureAlgorithm.Value);
        Assert.Equal(Expected(hash, certificate), EndpointBinding.Of(certificate));
    }

    [Theory]
    [InlineData("1.3.101.112")] // Ed25519
    [InlineData("1.3.101.113")] // Ed448
    [InlineData("1.2.3.4")]
    public void A_signature_without_a_hash_of_its_own_has_no_binding(string signature)
    {
        using var certificate = SignedWith(Algorithm(signature));

        Assert.Null(EndpointBinding.Of(certificate));
    }

    [Theory]
    [InlineData("SHA256", false)]
    [InlineData("SHA384", false)]
    [InlineData("SHA512", false)]
    [InlineData("SHA256", true)]
    [InlineData("SHA384", true)]
    public async Task On_a_connection_it_is_what_the_platform_says_where_the_platform_knows_it(string hash, bool ecdsa)
    {
        using var rsaKey = RSA.Create(2048);
        using var ecdsaKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = ecdsa
            ? new CertificateRequest("CN=localhost", ecdsaKey, new HashAlgorithmName(hash))
            : new CertificateRequest("CN=localhost", rsaKey, new HashAlgorithmName(hash), RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(Yesterday, Tomorrow);
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);

        var (ours, platform) = await BindingsOfConnectionAsync(certificate);

        Assert.Equal(platform, ours);
    }

    private static DateTimeOffset Yesterday => TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset Tomorrow => TimeProvider.System.GetUtcNow().AddDays(1);

    private static byte[] Expected(string hash, X509Certificate2 certificate) =>
        [.. Encoding.ASCII.GetBytes("tls-server-end-point:"), .. CryptographicOperations.HashData(new HashAlgorithmName(hash), certificate.RawData)];

    private static async Task<(byte[]? Ours, byte[] Platform)> BindingsOfConnectionAsync(X509Certificate2 certificate)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var here = new TcpClient();
        var accepting = listener.AcceptTcpClientAsync(cancellation);
        await here.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellation);
        using var there = await accepting;
        await using var client = new SslStream(here.GetStream());
        await using var server = new SslStream(there.GetStream());
        var serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellation);
        await client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown) }, cancellation);
        await serving;
        using var binding = client.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)!;
        var structure = new byte[binding.Size]; // SEC_CHANNEL_BINDINGS: length and offset of the application data come last
        Marshal.Copy(binding.DangerousGetHandle(), structure, 0, structure.Length);
        var platform = structure.AsSpan(BitConverter.ToInt32(structure, 28), BitConverter.ToInt32(structure, 24)).ToArray();
        return (EndpointBinding.Of((X509Certificate2)client.RemoteCertificate!), platform);
    }

    private static byte[] Algorithm(string signature, string? pssHash = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(signature);
            if (signature == Pss)
            {
                using (writer.PushSequence()) WritePssHash(writer, pssHash);
            }
        }

        return writer.Encode();
    }

    private static void WritePssHash(AsnWriter writer, string? hash)
    {
        if (hash is null) return;
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence()) writer.WriteObjectIdentifier(hash);
    }

    /// <summary>A certificate that says to be signed in some way; nobody checks the signature here.</summary>
    private static X509Certificate2 SignedWith(byte[] algorithm)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=made"), new PublicKey(key), HashAlgorithmName.SHA256);
        return request.Create(new X500DistinguishedName("CN=maker"), new Unsigned(algorithm), Yesterday, Tomorrow, [1]);
    }

    private sealed class Unsigned(byte[] algorithm) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => algorithm;

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => new byte[64];

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException();
    }
}
