using System.Text.Json;
using MfaGateway.Shield;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.SignIn;

/// <summary>
/// Checks ID tokens by our rules, not by the parameters that the OpenID Connect handler passes: in the code flow it switches the signature check off. A
/// token signed with an unknown key is checked once more against fresh keys, so that a key rotation costs nobody a sign-in.
/// </summary>
internal sealed class StrictTokenHandler : JsonWebTokenHandler
{
    internal static readonly string[] DefaultAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>A provider has no business with more; a token of 2,000 groups has about 100,000.</summary>
    private const int MaxTokenCharacters = 1_000_000;

    private readonly Provider _provider;
    private readonly ProviderMetadata _metadata;
    private readonly TimeProvider _time;

    public StrictTokenHandler(Provider provider, ProviderMetadata metadata, TimeProvider time)
    {
        (_provider, _metadata, _time) = (provider, metadata, time);
        MaximumTokenSizeInBytes = MaxTokenCharacters; // the library's own limit is a quarter of that
    }

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (token.Length > MaxTokenCharacters || !HasPlainHeader(token)) return Failed("The token is too large or its header is not acceptable.");

        var configuration = await _metadata.GetConfigurationAsync(CancellationToken.None);
        var result = await base.ValidateTokenAsync(token, Parameters(configuration));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException)
        {
            var fresh = await _metadata.RefreshAsync(CancellationToken.None);
            if (fresh != configuration) result = await base.ValidateTokenAsync(token, Parameters(fresh));
        }

        return result;
    }

    /// <summary>The parameters for anything this provider signs for us.</summary>
    internal TokenValidationParameters Parameters(OpenIdConnectConfiguration configuration) => new()
    {
        ValidIssuer = configuration.Issuer,
        ValidAudience = _provider.Options.ClientId,
        IgnoreTrailingSlashWhenValidatingAudience = false, // RFC 7519, 4.1.3: compared case-sensitively as they are
        IssuerSigningKeys = configuration.SigningKeys,
        ValidAlgorithms = _provider.Options.SigningAlgorithms.Count > 0 ? _provider.Options.SigningAlgorithms : DefaultAlgorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = IsAlive,
        NameClaimType = "sub",
    };

    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow();
        var skew = _provider.Options.ClockSkew;
        return expires is { } end && now - skew < end && (notBefore is not { } begin || now + skew >= begin);
    }

    /// <summary>A header may not repeat a name (which one counts?) nor demand extensions with <c>crit</c>, which we would have to understand (RFC 7515, 4.1.11).</summary>
    private static bool HasPlainHeader(string token)
    {
        try
        {
            return StrictJson.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.', 2)[0])) is { ValueKind: JsonValueKind.Object } header && !header.TryGetProperty("crit", out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static TokenValidationResult Failed(string why) => new() { IsValid = false, Exception = new SecurityTokenException(why) };
}
