using System.Text;
using System.Text.Json;
using MfaGateway.SignIn;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.Fuzz;

/// <summary>Nothing that a provider publishes, and no token, proves more than the provider's key signed.</summary>
internal static class ProviderTargets
{
    private static readonly StoppedClock Time = new();

    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("a-secret-that-strangers-know-too");

    private static readonly string[] DocumentWords =
    [
        "\"issuer\"", "\"https://login.example.org\"", "\"https://login.example.org/\"", "\"https://evil.test\"", "\"http://login.example.org/keys\"", "\"authorization_endpoint\"",
        "\"token_endpoint\"", "\"jwks_uri\"", "\"end_session_endpoint\"", "\"userinfo_endpoint\"", "\"file:///etc/passwd\"", "\"//login.example.org/token\"", "\"javascript:x\"",
        "\"authorization_response_iss_parameter_supported\"", "\"mtls_endpoint_aliases\"", "\"id_token_signing_alg_values_supported\"", "\"keys\"", "\"kty\"", "\"EC\"", "\"RSA\"",
        "\"oct\"", "\"k\"", "\"YS1zZWNyZXQtdGhhdC1zdHJhbmdlcnMta25vdy10b28\"", "\"kid\"", "\"key\"", "\"use\"", "\"sig\"", "\"enc\"", "\"alg\"", "\"HS256\"", "\"none\"", "\"crv\"",
        "\"P-256\"", "\"P-521\"", "\"x\"", "\"y\"", "\"n\"", "\"e\"", "\"AQAB\"", "\"AQ\"", "\"x5c\"", "\"x5t\"", "[\"MII\"]", "\"AAAA\"", "\"d\"", "{", "}", "[", "]", ":", ",", "null",
    ];

    public static FuzzTarget IdToken() => new("id-token", SignedText.Words, Generate: null, TryIdTokenAsync) { Share = 0.5 };

    public static FuzzTarget Metadata() => new("metadata", DocumentWords, Generate: null, TryMetadataAsync) { Share = 0.5 };

    public static FuzzTarget KeySet() => new("key-set", DocumentWords, Generate: null, TryKeySetAsync) { Share = 0.25 };

    private static async ValueTask<FuzzFindings> TryIdTokenAsync(string input)
    {
        using var stand = new ProviderStandIn();
        using var client = new HttpClient(stand);
        using var metadata = new ProviderMetadata(ProviderStandIn.Provider, client, Time, NullLogger<ProviderMetadata>.Instance);
        var raw = SignedText.Token(input, out var isSigned);

        var result = await new StrictTokenHandler(ProviderStandIn.Provider, metadata, Time).ValidateTokenAsync(raw, new TokenValidationParameters());
        if (!result.IsValid)
            return new FuzzFindings(false, [result.Exception?.GetType().Name ?? "no reason"]);
        FuzzFailure.Unless(isSigned, "a valid token was signed by the provider");
        if (TokenChecks.Payload(raw) is not { } token)
            return new FuzzFindings(false, ["two readings"]);
        if (TokenChecks.Find(token, ProviderStandIn.Provider, Time.GetUtcNow(), "nonce-of-the-sign-in", "good-code", raw) is { } problem)
            return new FuzzFindings(false, [problem]);
        if (AuthenticationEvidence.Read(token, ProviderStandIn.Provider, Time.GetUtcNow()) is not { } facts)
            return new FuzzFindings(false, ["nobody"]);

        var parts = input.Split('\n', 3);
        var header = JsonElement.Parse(Encoding.UTF8.GetBytes(parts[1]));
        FuzzFailure.Unless(header.GetProperty("alg").GetString() == "ES256" && !header.TryGetProperty("crit", out _), "a token names its algorithm");
        Check(JsonElement.Parse(Encoding.UTF8.GetBytes(parts[2])), facts);
        return new FuzzFindings(true, [$"{facts.Mfa} {facts.Groups.Count} {facts.Methods.Count} {facts.Contexts.Count} {facts.MfaAt is null} {facts.ProviderSession is null}", .. facts.Claims.Keys]);
    }

    /// <summary>What every accepted ID token says (OpenID Connect Core 3.1.3.7), read a second time and in another way.</summary>
    private static void Check(JsonElement token, Sessions.GatewaySession facts)
    {
        FuzzFailure.Unless(token.EnumerateObject().Select(claim => claim.Name).Distinct(StringComparer.Ordinal).Count() == token.EnumerateObject().Count(), "no claim repeats");
        FuzzFailure.Unless(token.GetProperty("iss").GetString() == ProviderStandIn.Issuer, "iss is the provider");
        FuzzFailure.Unless(Texts(token, "aud").Contains(ProviderStandIn.Client), "aud holds us");
        FuzzFailure.Unless(token.GetProperty("nonce").GetString() == "nonce-of-the-sign-in", "the nonce is ours");
        FuzzFailure.Unless(token.GetProperty("exp").GetDouble() > StoppedClock.Seconds - 300, "the token has not expired");
        FuzzFailure.Unless(token.GetProperty("iat").GetDouble() <= StoppedClock.Seconds + 300, "the token is not of the future");
        FuzzFailure.Unless(!facts.Mfa || (token.GetProperty("amr").ValueKind is JsonValueKind.Array && Texts(token, "amr").Any(method => method is "mfa" or "otp")), "MFA was proven");
        FuzzFailure.Unless(facts.Mfa || !facts.Methods.Contains("mfa"), "no method says more");
        FuzzFailure.Unless(facts.MfaAt is null || facts.MfaAt <= Time.GetUtcNow(), "nothing was proven in the future");
        FuzzFailure.Unless(facts.User.Length is > 0 and <= 1_024 && !facts.User.Any(char.IsControl), "a name is short and printable");
    }

    private static IEnumerable<string> Texts(JsonElement token, string claim) => token.GetProperty(claim) switch
    {
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Where(value => value.ValueKind is JsonValueKind.String).Select(value => value.GetString()!),
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        _ => [],
    };

    private static async ValueTask<FuzzFindings> TryMetadataAsync(string input)
    {
        using var stand = new ProviderStandIn { Metadata = input };
        var (found, why) = await ReadAsync(stand, _ => Task.CompletedTask);
        if (found is null)
            return new FuzzFindings(false, [why]);

        FuzzFailure.Unless(found.Issuer.TrimEnd('/') == ProviderStandIn.Issuer, "a document speaks for the provider that was asked");
        foreach (var endpoint in new[] { found.AuthorizationEndpoint, found.TokenEndpoint, found.JwksUri })
            FuzzFailure.Unless(new Uri(endpoint).Scheme == "https", "endpoints are https");
        return new FuzzFindings(true, [$"{found.EndSessionEndpoint is null} {found.AuthorizationResponseIssParameterSupported}"]);
    }

    private static async ValueTask<FuzzFindings> TryKeySetAsync(string input)
    {
        using var stand = new ProviderStandIn { KeySet = input.Replace("{key}", SignedText.KeySet[9..^2], StringComparison.Ordinal) };
        var ways = new List<string>();
        var (found, why) = await ReadAsync(stand, async metadata =>
        {
            var handler = new StrictTokenHandler(ProviderStandIn.Provider, metadata, Time);
            foreach (var algorithm in new[] { "HS256", "ES256", "none" })
            {
                var result = await handler.ValidateTokenAsync(SignedText.OfStranger(algorithm, Secret), new TokenValidationParameters());
                FuzzFailure.Unless(!result.IsValid, $"no stranger's token is accepted ({algorithm})");
            }

            var good = await handler.ValidateTokenAsync(SignedText.Token($$"""good{{'\n'}}{"alg":"ES256","kid":"key"}{{'\n'}}{{SignedText.GoodClaims}}""", out _), new TokenValidationParameters());
            ways.Add($"{good.IsValid} {good.Exception?.GetType().Name}");
        });
        return new FuzzFindings(found is not null, [why, .. ways, .. found?.SigningKeys.Select(key => $"{key.GetType().Name} {key.KeySize}") ?? []]);
    }

    private static async Task<(OpenIdConnectConfiguration? Found, string Why)> ReadAsync(ProviderStandIn stand, Func<ProviderMetadata, Task> then)
    {
        using var client = new HttpClient(stand, disposeHandler: false);
        using var metadata = new ProviderMetadata(ProviderStandIn.Provider, client, Time, NullLogger<ProviderMetadata>.Instance);
        try
        {
            var found = await metadata.GetConfigurationAsync(CancellationToken.None);
            await then(metadata);
            return (found, "");
        }
        catch (ProviderUnreachableException e)
        {
            return (null, e.GetBaseException().Message.Split('\'', '`', ':')[0]);
        }
    }
}
