using System.Text.Json;
using MfaGateway.Lab.IdentityProvider;
using Microsoft.IdentityModel.Tokens;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class EntraProviderTests : IClassFixture<EntraFixture>
{
    private static readonly (string, string?) AskForContext = ("claims", """{"id_token":{"acrs":{"essential":true,"value":"c1"}}}""");

    private readonly ProviderLab _lab;
    private readonly RelyingParty _client;
    private readonly FormBrowser _browser;

    public EntraProviderTests(EntraFixture provider)
    {
        _lab = provider.LabAtANewTime();
        _client = new RelyingParty(_lab, "entra");
        _browser = _lab.Browser();
    }

    [Fact]
    public async Task endpoints_are_where_entra_id_has_them()
    {
        var metadata = await _client.MetadataAsync(_browser);

        var tenant = $"{_lab.Issuer.GetLeftPart(UriPartial.Authority)}/{EntraDialect.TenantId}";
        Assert.Equal($"{tenant}/v2.0", metadata.GetProperty("issuer").GetString());
        Assert.Equal($"{tenant}/oauth2/v2.0/authorize", metadata.GetProperty("authorization_endpoint").GetString());
        Assert.Equal($"{tenant}/oauth2/v2.0/token", metadata.GetProperty("token_endpoint").GetString());
        Assert.Equal($"{tenant}/discovery/v2.0/keys", metadata.GetProperty("jwks_uri").GetString());
        Assert.Equal($"{tenant}/oauth2/v2.0/logout", metadata.GetProperty("end_session_endpoint").GetString());
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha256)]
    public async Task the_context_asked_for_proves_the_second_factor(string assertionAlgorithm)
    {
        await _client.SignInAsync(_browser, _lab.Admin, AskForContext);

        var claims = await _client.ClaimsAsync(_browser, assertionAlgorithm);
        Assert.Equal("""["c1"]""", claims.GetProperty("acrs").GetRawText());
        Assert.Equal(["Staff", "Exchange Admins"], claims.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        Assert.Equal(EntraDialect.TenantId, claims.GetProperty("tid").GetString());
        Assert.Equal("2.0", claims.GetProperty("ver").GetString());
        Assert.Equal("admin@contoso.test", claims.GetProperty("preferred_username").GetString());
        Assert.True(Guid.TryParse(claims.GetProperty("oid").GetString(), out _));
        Assert.False(claims.TryGetProperty("amr", out _) || claims.TryGetProperty("acr", out _), claims.ToString());
    }

    [Fact]
    public async Task one_group_is_an_array_too()
    {
        await _client.SignInAsync(_browser, _lab.Alice);

        Assert.Equal("""["Staff"]""", (await _client.ClaimsAsync(_browser)).GetProperty("groups").GetRawText());
    }

    [Fact]
    public async Task without_the_claims_parameter_no_factor_is_asked_and_none_is_shown()
    {
        await _client.SignInAsync(_browser, _lab.Alice);

        Assert.False((await _client.ClaimsAsync(_browser)).TryGetProperty("acrs", out _));
    }

    [Fact]
    public async Task a_context_of_the_access_token_does_not_appear_in_the_id_token()
    {
        await _client.SignInAsync(_browser, _lab.Alice, ("claims", """{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"""));

        Assert.False((await _client.ClaimsAsync(_browser)).TryGetProperty("acrs", out _));
    }

    [Fact]
    public async Task a_user_without_second_factor_gets_a_token_without_evidence()
    {
        await _client.SignInAsync(_browser, _lab.Bob, AskForContext);

        Assert.False((await _client.ClaimsAsync(_browser)).TryGetProperty("acrs", out _));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    public async Task a_malformed_claims_parameter_is_refused(string claims)
    {
        await _browser.OpenAsync(await _client.RequestAsync(_browser, ("claims", claims)));

        Assert.Equal("invalid_request", _browser.Inputs["error"]);
    }

    [Fact]
    public async Task max_age_is_not_understood()
    {
        await _client.SignInAsync(_browser, _lab.Alice, AskForContext);
        _lab.Time.Advance(TimeSpan.FromMinutes(30));

        await _browser.OpenAsync(await _client.RequestAsync(_browser, AskForContext, ("max_age", "60")));

        Assert.Equal(_client.RedirectUri, _browser.FormAction);
    }

    [Fact]
    public async Task prompt_login_asks_for_everything_again()
    {
        await _client.SignInAsync(_browser, _lab.Alice, AskForContext);
        _lab.Time.Advance(TimeSpan.FromMinutes(30));

        await _client.SignInAsync(_browser, _lab.Alice, AskForContext, ("prompt", "login"));

        JsonElement claims = await _client.ClaimsAsync(_browser);
        Assert.Equal(_lab.Time.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("auth_time").GetInt64());
        Assert.True(claims.TryGetProperty("acrs", out _), claims.ToString());
    }
}
