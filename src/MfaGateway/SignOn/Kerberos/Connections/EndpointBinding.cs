using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>
/// What ties a token to one TLS connection: <c>tls-server-end-point</c> (RFC 5929, section 4), the hash of the certificate that the server showed there. The
/// platform's own value is not enough: it does not know RSASSA-PSS, which Active Directory certificate services issue when told to.
/// </summary>
internal static class EndpointBinding
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    private static readonly Asn1Tag _pssHash = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>The application data for the token: the binding's name, a colon and the hash. Null where none is defined: the signature of the certificate has no
    /// hash of its own (EdDSA), which section 4.1 leaves open and implementations refuse.</summary>
    public static byte[]? Of(X509Certificate2 certificate) => HashOf(certificate) is { } hash
        ? [.. "tls-server-end-point:"u8, .. CryptographicOperations.HashData(hash, certificate.RawDataMemory.Span)]
        : null;

    /// <summary>The hash of the certificate's signature; SHA-256 in place of MD5 and SHA-1 (section 4.1).</summary>
    private static HashAlgorithmName? HashOf(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256, // RSA with MD5, SHA-1, SHA-256
        "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
        "1.2.840.10045.4.1" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256, // ECDSA with SHA-1, SHA-256
        "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        RsaPss => HashOfPss(certificate.RawDataMemory),
        _ => null,
    };

    /// <summary>RSASSA-PSS names its hash in its parameters; without, it is SHA-1 (RFC 4055, section 3.1).</summary>
    private static HashAlgorithmName? HashOfPss(ReadOnlyMemory<byte> der)
    {
        var certificate = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        certificate.ReadEncodedValue(); // what is signed
        var algorithm = certificate.ReadSequence();
        algorithm.ReadObjectIdentifier();
        var parameters = algorithm.ReadSequence();
        if (!parameters.HasData || parameters.PeekTag() != _pssHash) return HashAlgorithmName.SHA256;
        return parameters.ReadSequence(_pssHash).ReadSequence().ReadObjectIdentifier() switch
        {
            "1.3.14.3.2.26" or "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }
}
