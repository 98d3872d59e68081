using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class AdfsProviderTests : IClassFixture<AdfsFixture>
{
    private static readonly (string, string?) Resource = ("resource", "https://localhost/gateway");
    private static readonly (string, string?) AskForMfa = ("resource_params", Encode("""{"acr":"http://schemas.microsoft.com/claims/multipleauthn"}"""));

    private readonly ProviderLab _lab;
    private readonly RelyingParty _client;

    public AdfsProviderTests(AdfsFixture provider)
    {
        _lab = provider.LabAtANewTime();
        _client = new RelyingParty(_lab, "adfs");
    }

    [Fact]
    public async Task endpoints_are_where_ad_fs_has_them()
    {
        var metadata = await _client.MetadataAsync(_lab.Browser());

        var root = _lab.Issuer.GetLeftPart(UriPartial.Authority);
        Assert.Equal($"{root}/adfs", metadata.GetProperty("issuer").GetString());
        Assert.Equal($"{root}/adfs/oauth2/authorize/", metadata.GetProperty("authorization_endpoint").GetString());
        Assert.Equal($"{root}/adfs/oauth2/token/", metadata.GetProperty("token_endpoint").GetString());
        Assert.Equal($"{root}/adfs/discovery/keys", metadata.GetProperty("jwks_uri").GetString());
        Assert.Equal($"{root}/adfs/oauth2/logout", metadata.GetProperty("end_session_endpoint").GetString());
        Assert.Equal(["pairwise"], metadata.GetProperty("subject_types_supported").EnumerateArray().Select(type => type.GetString()));
        Assert.True(metadata.GetProperty("frontchannel_logout_session_supported").GetBoolean());
    }

    [Fact]
    public async Task password_and_code_give_a_token_that_proves_mfa()
    {
        var browser = _lab.Browser();

        await _client.SignInAsync(browser, _lab.Alice, Resource, AskForMfa);

        Assert.Equal(_client.RedirectUri, browser.FormAction);
        Assert.Equal("the state", browser.Inputs["state"]);
        var claims = await _client.ClaimsAsync(browser);
        Assert.Equal("the nonce", claims.GetProperty("nonce").GetString());
        Assert.Equal("alice@contoso.test", claims.GetProperty("upn").GetString());
        Assert.Equal("1", claims.GetProperty("gw_mfa").GetString());
        Assert.Contains("http://schemas.microsoft.com/claims/multipleauthn", Values(claims, "http://schemas.microsoft.com/claims/authnmethodsreferences"));
        Assert.Equal(["Staff"], Values(claims, "group"));
        Assert.StartsWith("S-1-5-21-", Assert.Single(Values(claims, "http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid")), StringComparison.Ordinal);
        Assert.Equal(_lab.Time.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("auth_time").GetInt64());
        Assert.NotEmpty(claims.GetProperty("sid").GetString()!);
        Assert.False(claims.TryGetProperty("amr", out _) || claims.TryGetProperty("acr", out _), claims.ToString());
    }

    [Fact]
    public async Task without_resource_no_factor_is_asked_and_no_rule_runs()
    {
        var browser = _lab.Browser();

        await _client.SignInAsync(browser, _lab.Alice, AskForMfa);

        var claims = await _client.ClaimsAsync(browser);
        Assert.Equal("alice@contoso.test", claims.GetProperty("unique_name").GetString());
        Assert.False(claims.TryGetProperty("gw_mfa", out _) || claims.TryGetProperty("group", out _), claims.ToString());
    }

    [Theory]
    [InlineData("scope", "openid")]
    [InlineData("response_mode", "query")]
    public async Task without_allatclaims_or_form_post_the_token_is_bare(string parameter, string value)
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource, AskForMfa);

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, AskForMfa, (parameter, value)));

        if (value == "query")
        {
            Assert.Equal(ProviderLab.Gateway.Authority, browser.Address.Authority);
            return;
        }

        var claims = await _client.ClaimsAsync(browser);
        Assert.False(claims.TryGetProperty("gw_mfa", out _), claims.ToString());
    }

    [Fact]
    public async Task a_user_without_second_factor_gets_a_token_without_evidence()
    {
        var browser = _lab.Browser();

        await _client.SignInAsync(browser, _lab.Bob, Resource, AskForMfa);

        var claims = await _client.ClaimsAsync(browser);
        Assert.Equal(["Staff"], Values(claims, "group"));
        Assert.False(claims.TryGetProperty("gw_mfa", out _), claims.ToString());
        Assert.DoesNotContain("http://schemas.microsoft.com/claims/multipleauthn", Values(claims, "http://schemas.microsoft.com/claims/authnmethodsreferences"));
    }

    [Theory]
    [InlineData("resource", "https://localhost/other", "invalid_resource")]
    [InlineData("resource_params", "%%%", "invalid_request")]
    [InlineData("resource_params", "eyJhY3IiOiJ1cm46dW5rbm93biJ9", "invalid_request")] // {"acr":"urn:unknown"}
    [InlineData("prompt", "none", "login_required")]
    public async Task requests_that_ad_fs_refuses_are_refused(string parameter, string value, string error)
    {
        var browser = _lab.Browser();

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, (parameter, value)));

        Assert.Equal(error, browser.Inputs["error"]);
        Assert.Equal("the state", browser.Inputs["state"]);
    }

    [Theory]
    [InlineData("redirect_uri", "https://localhost:4711/.gateway/signin-oidc/adfs/")]
    [InlineData("client_id", "another")]
    [InlineData("scope", "openid vpn_cert")]
    public async Task what_the_client_is_not_registered_for_ends_at_the_provider(string parameter, string value)
    {
        var browser = _lab.Browser();

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, (parameter, value)));

        Assert.Null(browser.FormAction);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, browser.Status);
    }

    [Fact]
    public async Task a_session_is_remembered_and_a_step_up_asks_for_the_code_only()
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource);
        var before = await _client.ClaimsAsync(browser);
        _lab.Time.Advance(TimeSpan.FromMinutes(10));

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, AskForMfa));
        var asked = browser.Inputs.Keys.ToArray();
        await browser.SubmitAsync(("code", _lab.Codes.CurrentCode(_lab.Alice)));

        Assert.Equal(["code"], asked);
        var after = await _client.ClaimsAsync(browser);
        Assert.False(before.TryGetProperty("gw_mfa", out _), before.ToString());
        Assert.Equal("1", after.GetProperty("gw_mfa").GetString());
        Assert.Equal(before.GetProperty("auth_time").GetInt64(), after.GetProperty("auth_time").GetInt64());
        Assert.Equal(before.GetProperty("sid").GetString(), after.GetProperty("sid").GetString());
        Assert.Equal(
            _lab.Time.GetUtcNow().ToUnixTimeSeconds(),
            after.GetProperty("http://schemas.microsoft.com/ws/2017/04/identity/claims/multifactorauthenticationinstant").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task prompt_none_cannot_ask_for_the_missing_factor()
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource);

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, AskForMfa, ("prompt", "none")));

        Assert.Equal("interaction_required", browser.Inputs["error"]);
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "60")]
    [InlineData("max_age", "0")]
    public async Task a_fresh_sign_in_asks_for_everything_again(string parameter, string value)
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource, AskForMfa);
        _lab.Time.Advance(TimeSpan.FromMinutes(2));

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, AskForMfa, (parameter, value)));
        var first = browser.Inputs.Keys.ToArray();
        await browser.SubmitAsync(("username", _lab.Alice.Upn), ("password", _lab.Alice.Password));
        var second = browser.Inputs.Keys.ToArray();
        await browser.SubmitAsync(("code", _lab.Codes.CurrentCode(_lab.Alice)));

        Assert.Equal(["username", "password"], first);
        Assert.Equal(["code"], second);
        var claims = await _client.ClaimsAsync(browser);
        Assert.Equal(_lab.Time.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("auth_time").GetInt64());
    }

    [Fact]
    public async Task max_age_not_yet_reached_asks_for_nothing()
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource, AskForMfa);
        _lab.Time.Advance(TimeSpan.FromMinutes(2));

        await browser.OpenAsync(await _client.RequestAsync(browser, Resource, AskForMfa, ("max_age", "121")));

        Assert.Equal(_client.RedirectUri, browser.FormAction);
    }

    [Fact]
    public async Task a_code_is_redeemed_once()
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource);
        await _client.RedeemAsync(browser);

        var second = await _client.RedeemAsync(browser);

        Assert.Equal("invalid_grant", second.GetProperty("error").GetString());
    }

    [Fact]
    public async Task a_code_needs_its_verifier()
    {
        var browser = _lab.Browser();
        await _client.SignInAsync(browser, _lab.Alice, Resource);

        var answer = await _client.RedeemAsync(browser, verifier: "another-verifier-of-at-least-forty-three-characters");

        Assert.Equal("invalid_grant", answer.GetProperty("error").GetString());
    }

    private static string Encode(string json) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json));

    private static string?[] Values(JsonElement claims, string type) =>
        !claims.TryGetProperty(type, out var value) ? []
        : value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString())]
        : [value.GetString()];
}
