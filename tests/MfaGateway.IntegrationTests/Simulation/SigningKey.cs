using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A provider's key, with the name under which it stands in the key set and in token headers; null for no name.</summary>
internal sealed record SigningKey(string? Kid, string Algorithm, Func<byte[], byte[]> Sign, Func<JsonObject> Describe)
{
    private static readonly RSA _first = RSA.Create(2048);
    private static readonly RSA _second = RSA.Create(2048);
    private static readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static readonly SigningKey First = Of("first", "RS256", _first);
    public static readonly SigningKey Second = Of("second", "RS256", _second);
    public static readonly SigningKey Pss = Of("first", "PS256", _first, RSASignaturePadding.Pss);
    public static readonly SigningKey Long = Of("first", "RS512", _first, hash: HashAlgorithmName.SHA512);
    public static readonly SigningKey Curve = new("curve", "ES256", bytes => _curve.SignData(bytes, HashAlgorithmName.SHA256), DescribeCurve);

    /// <summary>The public half of the first key, as a confused verifier would take it for an HMAC secret.</summary>
    public static readonly IReadOnlyDictionary<string, byte[]> PublicForms = new Dictionary<string, byte[]>
    {
        ["PEM"] = System.Text.Encoding.ASCII.GetBytes(_first.ExportSubjectPublicKeyInfoPem()),
        ["DER"] = _first.ExportSubjectPublicKeyInfo(),
        ["modulus"] = _first.ExportParameters(false).Modulus!,
    };

    private static SigningKey Of(string kid, string algorithm, RSA key, RSASignaturePadding? padding = null, HashAlgorithmName? hash = null) => new(
        kid, algorithm, bytes => key.SignData(bytes, hash ?? HashAlgorithmName.SHA256, padding ?? RSASignaturePadding.Pkcs1), () =>
        {
            var numbers = key.ExportParameters(includePrivateParameters: false);
            return new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["n"] = Text(numbers.Modulus!), ["e"] = Text(numbers.Exponent!) };
        });

    /// <summary>The entry in the key set.</summary>
    public JsonObject ToJwk()
    {
        var entry = Describe();
        if (Kid is not null) entry["kid"] = Kid;
        return entry;
    }

    private static JsonObject DescribeCurve()
    {
        var point = _curve.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["use"] = "sig", ["crv"] = "P-256", ["x"] = Text(point.X!), ["y"] = Text(point.Y!) };
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
