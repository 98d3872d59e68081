using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MfaGateway.Shield;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.SignIn;

/// <summary>Checks of OpenID Connect Core 3.1.3.7 that neither the token library nor the handler makes in the code flow.</summary>
internal static class TokenChecks
{
    /// <summary>The first thing wrong, in words for the log; null when nothing is.</summary>
    public static string? Find(JsonElement token, Provider provider, DateTimeOffset now, string nonce, string? code, string raw)
    {
        if (Text(token, "nonce") is not { } found || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(found), Encoding.UTF8.GetBytes(nonce)))
            return "The nonce is not the one we sent.";
        if (FindInAny(token, provider, now) is { } problem) return problem;
        return token.TryGetProperty("c_hash", out var hash) && (code is null || hash.ValueKind is not JsonValueKind.String || hash.GetString() != HalfHash(code, raw))
            ? "The token belongs to another code (c_hash)."
            : null;
    }

    /// <summary>The same for the token of a refresh (12.2): it needs no nonce, but may have no other than that of the sign-in.</summary>
    public static string? FindInRefreshed(JsonElement token, Provider provider, DateTimeOffset now, string? nonce, string accessToken, string raw)
    {
        if (token.TryGetProperty("nonce", out var found) && (found.ValueKind is not JsonValueKind.String || found.GetString() != nonce))
            return "The nonce is not the one of the sign-in.";
        if (FindInAny(token, provider, now) is { } problem) return problem;
        return token.TryGetProperty("at_hash", out var hash) && (hash.ValueKind is not JsonValueKind.String || hash.GetString() != HalfHash(accessToken, raw))
            ? "The token belongs to another access token (at_hash)."
            : null;
    }

    /// <summary>The claims of a token; null when they are not JSON or can be read in two ways.</summary>
    public static JsonElement? Payload(string raw)
    {
        try
        {
            return raw.Split('.') is [_, var payload, _] ? StrictJson.Parse(Base64UrlEncoder.DecodeBytes(payload)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? FindInAny(JsonElement token, Provider provider, DateTimeOffset now)
    {
        if (AudienceProblem(token, provider.Options.ClientId!) is { } audience) return audience;
        if (provider.Profile.Tenant is { } tenant && !string.Equals(Text(token, "tid"), tenant, StringComparison.OrdinalIgnoreCase))
            return "The token is of another tenant (tid).";
        return FindInTimes(token, provider, now);
    }

    /// <summary>What is wrong with the times of anything that a provider signs; null when nothing is. Each is a number (RFC 7519, 4.1.4 to 4.1.6), and the token library reads texts too.
    /// That they mean a token that is alive is <see cref="StrictTokenHandler"/>'s to say.</summary>
    public static string? FindInTimes(JsonElement token, Provider provider, DateTimeOffset now)
    {
        if (!IsNumber(token, "exp")) return "The token does not say as a number when it ends (exp).";
        if (token.TryGetProperty("nbf", out _) && !IsNumber(token, "nbf")) return "The token does not say as a number when it begins (nbf).";
        return !IsNumber(token, "iat") || AuthenticationEvidence.Time(token, "iat", now, provider.Options.ClockSkew) is null
            ? "The token has no issue time (iat) or one in the future."
            : null;
    }

    /// <summary>Whether a sign-in that had to be fresh is: <c>max_age</c> is only a wish until <c>auth_time</c> shows it (3.1.2.1).</summary>
    public static bool IsFresh(JsonElement token, Provider provider, DateTimeOffset now, TimeSpan? maxAge)
    {
        if (maxAge is not { } limit) return true;
        var at = AuthenticationEvidence.Time(token, "auth_time", now, provider.Options.ClockSkew);
        return at is not null && now - at <= limit + provider.Options.ClockSkew;
    }

    private static string? AudienceProblem(JsonElement token, string client)
    {
        var several = token.TryGetProperty("aud", out var audience) && audience.ValueKind is JsonValueKind.Array && audience.GetArrayLength() > 1;
        if (!token.TryGetProperty("azp", out var party)) return several ? "The token is for several audiences and names no authorized party (azp)." : null;
        return party.ValueKind is JsonValueKind.String && party.GetString() == client ? null : "The token was issued to another client (azp).";
    }

    /// <summary>Left half of the hash that the token's own algorithm uses (3.3.2.11).</summary>
    private static string HalfHash(string value, string raw)
    {
        var bytes = Encoding.ASCII.GetBytes(value);
        var hash = new JsonWebToken(raw).Alg switch
        {
            { } alg when alg.EndsWith("384", StringComparison.Ordinal) => SHA384.HashData(bytes),
            { } alg when alg.EndsWith("512", StringComparison.Ordinal) => SHA512.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
        return Base64UrlEncoder.Encode(hash, 0, hash.Length / 2);
    }

    private static bool IsNumber(JsonElement token, string claim) => token.TryGetProperty(claim, out var value) && value.ValueKind is JsonValueKind.Number;

    private static string? Text(JsonElement token, string claim) =>
        token.TryGetProperty(claim, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
