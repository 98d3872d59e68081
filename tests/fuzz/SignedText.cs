using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MfaGateway.Fuzz;

/// <summary>
/// Writes tokens of inputs, which are three parts on lines of their own: how it is signed, the header, and the claims (which may take more lines). What is signed is the input as it stands,
/// so that it can be wrong everywhere; keys are made anew in every process and stand in no seed.
/// </summary>
internal static class SignedText
{
    /// <summary>The one key of the provider.</summary>
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static readonly ECDsa Stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Pieces that tokens are made of.</summary>
    public static readonly string[] Words =
    [
        "good", "stranger", "none", "hmac", "cut", "raw", "\"alg\"", "\"ES256\"", "\"RS256\"", "\"HS256\"", "\"none\"", "\"NONE\"", "\"kid\"", "\"key\"", "\"typ\"", "\"JWT\"", "\"crit\"",
        "[\"exp\"]", "\"jwk\"", "\"jku\"", "\"x5u\"", "\"https://evil.test/keys\"", "\"../../dev/null\"", "\"' or 1=1\"", "\"zip\"", "\"DEF\"", "\"b64\"", "\"cty\"", "\"enc\"",
        "\"iss\"", "\"https://login.example.org\"", "\"https://login.example.org/\"", "\"aud\"", "\"gateway\"", "[\"gateway\",\"other\"]", "\"azp\"", "\"sub\"", "\"sid\"", "\"nonce\"",
        "\"nonce-of-the-sign-in\"", "\"exp\"", "\"iat\"", "\"nbf\"", "\"auth_time\"", "1772438400", "1772442000", "-1", "1e10", "1772438400.5", "\"1772438400\"", "253402300800",
        "\"amr\"", "[\"mfa\"]", "\"mfa\"", "[\"pwd\"]", "[[\"mfa\"]]", "[\"mfa\",1]", "\"acr\"", "\"c_hash\"", "\"at_hash\"", "\"preferred_username\"", "\"alice@contoso.test\"", "\"groups\"",
        "\"Exchange Admins\"", "\"events\"", "{\"http://schemas.openid.net/event/backchannel-logout\":{}}", "\"jti\"", "\"{jti}\"", "\"_claim_names\"", "\"tid\"", "\\u0000", "\\ud800", ".", "..",
        "{", "}", "[", "]", ":", ",", "\"", "\n", "null", "true",
    ];

    /// <summary>The provider's key set.</summary>
    public static string KeySet { get; } = $$"""{"keys":[{"kty":"EC","use":"sig","crv":"P-256","kid":"key","x":"{{Coordinate(Key, q => q.X!)}}","y":"{{Coordinate(Key, q => q.Y!)}}"}]}""";

    /// <summary>The token that an input describes.</summary>
    /// <param name="input">Signature, header and claims.</param>
    /// <param name="isSigned">Whether the provider's key signed it.</param>
    public static string Token(string input, out bool isSigned)
    {
        var parts = input.Split('\n', 3);
        var (kind, header, claims) = (parts[0].Trim(), parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : "");
        isSigned = kind is not ("stranger" or "none" or "hmac" or "cut" or "raw");
        if (kind == "raw")
            return header;
        var text = $"{Part(header)}.{Part(claims)}";
        return $"{text}.{Signature(kind, Encoding.ASCII.GetBytes(text))}";
    }

    /// <summary>A token that only a stranger's key signed, or that stranger's secret.</summary>
    public static string OfStranger(string algorithm, byte[] secret)
    {
        var text = $$"""{{Part($$"""{"alg":"{{algorithm}}","kid":"key"}""")}}.{{Part(GoodClaims)}}""";
        var bytes = Encoding.ASCII.GetBytes(text);
        return $"{text}.{Base64Url.EncodeToString(algorithm == "HS256" ? HMACSHA256.HashData(secret, bytes) : Stranger.SignData(bytes, HashAlgorithmName.SHA256))}";
    }

    /// <summary>Claims with which a token of the provider is accepted at <see cref="StoppedClock"/>'s time.</summary>
    public const string GoodClaims =
        """{"iss":"https://login.example.org","aud":"gateway","sub":"1","nonce":"nonce-of-the-sign-in","iat":1772438400,"exp":1772442000,"auth_time":1772438400,"amr":["pwd","mfa"],"preferred_username":"alice@contoso.test","groups":["Staff"]}""";

    private static string Signature(string kind, byte[] text) => kind switch
    {
        "none" => "",
        "hmac" => Base64Url.EncodeToString(HMACSHA256.HashData(Key.ExportSubjectPublicKeyInfo(), text)),
        "stranger" => Base64Url.EncodeToString(Stranger.SignData(text, HashAlgorithmName.SHA256)),
        "cut" => Base64Url.EncodeToString(Key.SignData(text, HashAlgorithmName.SHA256))[..^4],
        _ => Base64Url.EncodeToString(Key.SignData(text, HashAlgorithmName.SHA256)),
    };

    private static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Coordinate(ECDsa key, Func<ECPoint, byte[]> part) => Base64Url.EncodeToString(part(key.ExportParameters(includePrivateParameters: false).Q));
}

/// <summary>Time that stands still, so that an input means the same whenever it is tried: 2 March 2026, 08:00 UTC.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public const long Seconds = 1_772_438_400;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Seconds);
}
