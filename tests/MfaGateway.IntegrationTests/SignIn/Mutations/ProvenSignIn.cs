using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn.Mutations;

/// <summary>What an ID token proves to a reader that knows nothing of the gateway: the rules of OpenID Connect Core 3.1.3.7 and of the provider's evidence table, written down once more.</summary>
/// <param name="Users">What it calls the person; a gateway takes the first that is a name.</param>
/// <param name="Mfa">Whether it shows multi-factor authentication.</param>
internal sealed record ProvenSignIn(IReadOnlyList<string> Users, bool Mfa)
{
    private const long Skew = 300;

    /// <summary>What a token proves; null when it proves nothing.</summary>
    /// <param name="raw">The token as the gateway got it.</param>
    /// <param name="nonces">Nonces of the sign-ins that this browser began.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static ProvenSignIn? Of(string raw, IReadOnlySet<string> nonces, long now)
    {
        try
        {
            return Read(raw, nonces, now);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null; // no JSON, no base64url, or half of a surrogate pair
        }
    }

    private static ProvenSignIn? Read(string raw, IReadOnlySet<string> nonces, long now)
    {
        if (raw.Split('.') is not [var header, var claims, var signature] || !IsSigned(header, claims, signature)) return null;
        var token = JsonElement.Parse(Base64Url.DecodeFromChars(claims));
        if (Text(token, "iss") != Dialects.Issuer(Dialect.Oidc) || !nonces.Contains(Text(token, "nonce") ?? "")) return null;
        if (!Texts(token, "aud").Contains(NetworkSetup.ClientId)) return null;
        if (Number(token, "exp") is not { } end || end <= now - Skew || Number(token, "iat") is not { } issued || issued > now + Skew) return null;
        if (token.TryGetProperty("nbf", out _) && (Number(token, "nbf") is not { } begin || begin > now + Skew)) return null;
        if (Text(token, "sub") is not { } subject) return null;
        return new ProvenSignIn(Text(token, "preferred_username") is { } name ? [name, subject] : [subject], ShowsMfa(token));
    }

    private static bool ShowsMfa(JsonElement token) =>
        (token.TryGetProperty("amr", out var methods) && methods.ValueKind is JsonValueKind.Array && Texts(token, "amr").Any(method => method is "mfa" or "otp"))
        || Text(token, "acr") == "loa-4";

    /// <summary>RSA signatures of this kind are always the same bytes (RFC 8017, 8.2): signing again is verifying.</summary>
    private static bool IsSigned(string header, string claims, string signature) =>
        Text(JsonElement.Parse(Base64Url.DecodeFromChars(header)), "alg") == SigningKey.First.Algorithm
        && Base64Url.EncodeToString(SigningKey.First.Sign(Encoding.ASCII.GetBytes($"{header}.{claims}"))) == signature;

    private static string? Text(JsonElement token, string claim) => token.TryGetProperty(claim, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement token, string claim) => token.TryGetProperty(claim, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null;

    private static IEnumerable<string> Texts(JsonElement token, string claim) => !token.TryGetProperty(claim, out var value) ? [] : value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().Where(one => one.ValueKind is JsonValueKind.String).Select(one => one.GetString()!),
        _ => [],
    };
}
