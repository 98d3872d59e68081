using System.Globalization;
using System.Text.Json;
using MfaGateway.Policy.Documents;
using MfaGateway.Sessions;

namespace MfaGateway.SignIn;

/// <summary>What an ID token proves, read by a provider's evidence table. What is not there, of the wrong JSON type, or in the future, proves nothing.</summary>
internal static class AuthenticationEvidence
{
    private static readonly string[] _userClaims =
        ["upn", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", "preferred_username", "unique_name", "sub"];

    private static readonly string[] _groupClaims =
        ["groups", "group", "roles", "wids", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid"];

    private static readonly string[] _protocolClaims = ["iss", "aud", "exp", "nbf", "iat", "nonce", "at_hash", "c_hash", "jti", "uti", "rh", "aio"];

    /// <summary>Names the claims a token leaves out because they are too many (OpenID Connect Core 5.6.2). A policy must be able to tell "no group" from
    /// "groups not said".</summary>
    private const string LeftOut = "_claim_names";

    private const int MaxValues = 5_000;
    private const int MaxValueLength = 1_024;

    /// <summary>The facts of a session; null when the token names nobody.</summary>
    public static GatewaySession? Read(JsonElement token, Provider provider, DateTimeOffset now)
    {
        var (options, profile) = (provider.Options, provider.Profile);
        var user = (options.User is { } claim ? [claim] : _userClaims).Select(name => Text(token, name)).FirstOrDefault(value => value is not null);
        if (user is null || Text(token, "sub") is not { } subject) return null;

        IReadOnlyList<string> groups = options.Groups.Count > 0 ? [.. options.Groups] : _groupClaims;
        var mfa = profile.AlwaysMfa || profile.Mfa.Any(row => Holds(token, row, profile));
        return new GatewaySession
        {
            User = user,
            Subject = subject,
            Provider = provider.Name,
            ProviderSession = Text(token, "sid"),
            Groups = [.. groups.SelectMany(name => Values(token, name)).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxValues)],
            Methods = Methods(token, profile, mfa),
            Contexts = [.. Strict(token, profile.Contexts, profile).Distinct(StringComparer.OrdinalIgnoreCase).Take(100)],
            Claims = Claims(token, groups),
            Mfa = mfa,
            MfaAt = mfa ? profile.MfaTimes.Select(name => Time(token, name, now, options.ClockSkew)).FirstOrDefault(at => at is not null) : null,
            DeviceManaged = Device(token, profile.Managed, profile),
            DeviceCompliant = Device(token, [.. options.Evidence.Compliant], profile),
            CreatedAt = now,
        };
    }

    /// <summary>In the words of RFC 8176. Proven MFA is the method <c>mfa</c>, however this provider shows it.</summary>
    private static List<string> Methods(JsonElement token, ProviderProfile profile, bool mfa) =>
    [
        .. Strict(token, profile.Methods, profile)
            .Select(name => profile.MethodNames.TryGetValue(name, out var method) ? method : name)
            .Where(method => mfa || method != "mfa")
            .Concat(mfa ? ["mfa"] : [])
            .Distinct(StringComparer.Ordinal)
            .Take(100),
    ];

    /// <summary>A time in seconds since 1970 or ISO 8601. A clock may run ahead by the tolerated skew; anything later counts as absent.</summary>
    public static DateTimeOffset? Time(JsonElement token, string claim, DateTimeOffset now, TimeSpan skew)
    {
        if (!token.TryGetProperty(claim, out var value)) return null;
        DateTimeOffset? at = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var seconds) => Seconds(seconds),
            JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) => Seconds(seconds),
            JsonValueKind.String when DateTimeOffset.TryParseExact(
                value.GetString(), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
            _ => null,
        };
        if (at is not { } found || found > now + skew) return null;
        return found > now ? now : found;
    }

    private static DateTimeOffset? Seconds(long seconds) => seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static bool? Device(JsonElement token, IReadOnlyList<ClaimRule> rows, ProviderProfile profile) =>
        rows.Count == 0 ? null : rows.Any(row => Holds(token, row, profile));

    private static bool Holds(JsonElement token, ClaimRule row, ProviderProfile profile) =>
        Strict(token, [row.Claim!], profile).Any(value => row.AnyOf.Contains(value, StringComparer.Ordinal));

    private static IEnumerable<string> Strict(JsonElement token, IReadOnlyList<string> claims, ProviderProfile profile) =>
        claims.Where(name => HasDefinedType(token, name, profile)).SelectMany(name => Values(token, name));

    /// <summary><c>amr</c> and <c>acrs</c> are arrays (RFC 8176), <c>acr</c> is a string (OpenID Connect Core 2); in another shape they are somebody's mistake.</summary>
    private static bool HasDefinedType(JsonElement token, string claim, ProviderProfile profile)
    {
        if (!token.TryGetProperty(claim, out var value)) return false;
        if (profile.ArrayClaims.Contains(claim)) return value.ValueKind is JsonValueKind.Array;
        return claim != "acr" || value.ValueKind is JsonValueKind.String;
    }

    /// <summary>A string, or an array of nothing but strings. Numbers, objects and mixed arrays are no values, and what is too long to be a name is none: audit lines repeat them.</summary>
    private static IEnumerable<string> Values(JsonElement token, string claim)
    {
        if (!token.TryGetProperty(claim, out var value)) return [];
        IEnumerable<string> values = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.EnumerateArray().All(v => v.ValueKind is JsonValueKind.String) => value.EnumerateArray().Select(v => v.GetString()!),
            _ => [],
        };
        return values.Where(text => text.Length <= MaxValueLength);
    }

    private static string? Text(JsonElement token, string claim) =>
        token.TryGetProperty(claim, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxValueLength } text
            && !text.Any(MisleadingText.Includes) ? text : null; // names are shown to people who act on them

    /// <summary>Everything a policy may ask for by the <c>claim</c> condition: strings, numbers and booleans, bounded in number and length.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Claims(JsonElement token, IReadOnlyList<string> groups)
    {
        var claims = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var left = MaxValues;
        foreach (var property in token.EnumerateObject())
        {
            if (_protocolClaims.Contains(property.Name) || groups.Contains(property.Name)) continue;
            List<string> values = [.. Values(token, property.Name).Take(left)];
            if (property.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) values = [property.Value.GetRawText()];
            if (property is { Name: LeftOut, Value.ValueKind: JsonValueKind.Object }) values = [.. property.Value.EnumerateObject().Select(c => c.Name).Take(left)];
            if (values.Count > 0) claims[property.Name] = values;
            left -= values.Count;
        }

        return claims;
    }
}
