using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.IntegrationTests.Lab;

/// <summary>A client of the provider, written for these tests and sharing nothing with the gateway's.</summary>
internal sealed class RelyingParty(ProviderLab lab, string providerName)
{
    private const string Verifier = "a-code-verifier-of-at-least-forty-three-characters";

    public string RedirectUri { get; init; } = $"{ProviderLab.Gateway}.gateway/signin-oidc/{providerName}";

    /// <summary>The discovery document.</summary>
    public async Task<JsonElement> MetadataAsync(FormBrowser browser) => await browser.Http.GetFromJsonAsync<JsonElement>(
        $"{lab.Issuer}/.well-known/openid-configuration", TestContext.Current.CancellationToken);

    /// <summary>An authorization request; a pair with the value null takes a parameter out.</summary>
    public async Task<Uri> RequestAsync(FormBrowser browser, params (string Name, string? Value)[] parameters)
    {
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = ClientRegistration.GatewayId,
            ["redirect_uri"] = RedirectUri,
            ["response_type"] = "code",
            ["response_mode"] = "form_post",
            ["scope"] = providerName == "adfs" ? "openid allatclaims" : "openid profile",
            ["state"] = "the state",
            ["nonce"] = "the nonce",
            ["code_challenge"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in parameters) query[name] = value;
        var endpoint = (await MetadataAsync(browser)).GetProperty("authorization_endpoint").GetString()!;
        return new Uri(QueryHelpers.AddQueryString(endpoint, query.Where(pair => pair.Value is not null)));
    }

    /// <summary>Redeems the code in the form that the browser shows, with a client assertion.</summary>
    public Task<JsonElement> RedeemAsync(FormBrowser browser, string algorithm = SecurityAlgorithms.RsaSha256, string verifier = Verifier)
    {
        Assert.True(browser.Inputs.ContainsKey("code"), browser.Html);
        return PostAsync(browser, algorithm, new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = browser.Inputs["code"],
            ["redirect_uri"] = RedirectUri,
            ["code_verifier"] = verifier,
        });
    }

    /// <summary>Asks for new tokens.</summary>
    public Task<JsonElement> RefreshAsync(FormBrowser browser, string? refreshToken) =>
        PostAsync(browser, SecurityAlgorithms.RsaSha256, new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken ?? "" });

    private async Task<JsonElement> PostAsync(FormBrowser browser, string algorithm, Dictionary<string, string> fields)
    {
        var endpoint = (await MetadataAsync(browser)).GetProperty("token_endpoint").GetString()!;
        fields["client_id"] = ClientRegistration.GatewayId;
        fields["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        fields["client_assertion"] = Assertion(endpoint, algorithm);
        using var content = new FormUrlEncodedContent(fields);
        using var response = await browser.Http.PostAsync(new Uri(endpoint), content, TestContext.Current.CancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Redeems the code and returns the claims of the ID token, whose signature, issuer and audience were checked.</summary>
    public async Task<JsonElement> ClaimsAsync(FormBrowser browser, string algorithm = SecurityAlgorithms.RsaSha256)
    {
        var answer = await RedeemAsync(browser, algorithm);
        Assert.True(answer.TryGetProperty("id_token", out var token), answer.ToString());
        var keys = (await MetadataAsync(browser)).GetProperty("jwks_uri").GetString()!;
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token.GetString(), new TokenValidationParameters
        {
            ValidIssuer = lab.Issuer.AbsoluteUri,
            ValidAudience = ClientRegistration.GatewayId,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKeys = new JsonWebKeySet(await browser.Http.GetStringAsync(new Uri(keys), TestContext.Current.CancellationToken)).GetSigningKeys(),
            ValidateLifetime = false, // the clock of the test moves by itself
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        return JsonDocument.Parse(Base64UrlEncoder.Decode(((JsonWebToken)result.SecurityToken).EncodedPayload)).RootElement;
    }

    /// <summary>Walks through the sign-in pages as a user would.</summary>
    public async Task SignInAsync(FormBrowser browser, LabUser user, params (string Name, string? Value)[] parameters)
    {
        await browser.OpenAsync(await RequestAsync(browser, parameters));
        if (browser.Inputs.ContainsKey("username")) await browser.SubmitAsync(("username", user.Upn), ("password", user.Password));
        if (browser.FormAction is null && browser.Inputs.ContainsKey("code")) await browser.SubmitAsync(("code", lab.Codes.CurrentCode(user)));
    }

    private string Assertion(string audience, string algorithm)
    {
        var now = lab.Time.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = ClientRegistration.GatewayId,
            Audience = audience,
            Claims = new Dictionary<string, object> { ["sub"] = ClientRegistration.GatewayId, ["jti"] = Guid.NewGuid().ToString() },
            NotBefore = now,
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            SigningCredentials = new SigningCredentials(new X509SecurityKey(lab.ClientCertificate), algorithm),
        });
    }
}
