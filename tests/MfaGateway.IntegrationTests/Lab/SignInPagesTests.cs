using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class SignInPagesTests : IClassFixture<AdfsFixture>
{
    private static readonly (string, string?) Resource = ("resource", "https://localhost/gateway");

    /// <summary><c>{"acr":"http://schemas.microsoft.com/claims/multipleauthn"}</c>.</summary>
    private static readonly (string, string?) AskForMfa =
        ("resource_params", "eyJhY3IiOiJodHRwOi8vc2NoZW1hcy5taWNyb3NvZnQuY29tL2NsYWltcy9tdWx0aXBsZWF1dGhuIn0");

    private readonly ProviderLab _lab;
    private readonly RelyingParty _client;
    private readonly FormBrowser _browser;

    public SignInPagesTests(AdfsFixture provider)
    {
        _lab = provider.LabAtANewTime();
        _client = new RelyingParty(_lab, "adfs");
        _browser = _lab.Browser();
    }

    [Fact]
    public async Task a_login_hint_fills_the_name_in()
    {
        await OpenAsync(_browser, ("login_hint", "alice@contoso.test"));

        Assert.Equal("alice@contoso.test", _browser.Inputs["username"]);
    }

    [Fact]
    public async Task a_hint_with_markup_stays_text()
    {
        await OpenAsync(_browser, ("login_hint", "\"><script>alert(1)</script>"));

        Assert.DoesNotContain("<script>", _browser.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice@contoso.test", "wrong")]
    [InlineData("nobody@contoso.test", "wrong")]
    [InlineData("", "")]
    public async Task a_wrong_name_or_password_is_said_without_saying_which(string name, string password)
    {
        await OpenAsync(_browser);

        await _browser.SubmitAsync(("username", name), ("password", password));

        Assert.Contains("The user name or the password is wrong.", _browser.Html, StringComparison.Ordinal);
        Assert.Equal(name, _browser.Inputs["username"]);
    }

    [Fact]
    public async Task a_code_used_before_is_refused_and_the_next_one_accepted()
    {
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);
        var used = _lab.Codes.CurrentCode(_lab.Alice);
        var other = _lab.Browser();
        await OpenAsync(other);
        await other.SubmitAsync(("username", _lab.Alice.Upn), ("password", _lab.Alice.Password));

        await other.SubmitAsync(("code", used));
        var afterReplay = other.Html;
        _lab.Time.Advance(TimeSpan.FromSeconds(30));
        await other.SubmitAsync(("code", _lab.Codes.CurrentCode(_lab.Alice)));

        Assert.Contains("The code is wrong or was used before.", afterReplay, StringComparison.Ordinal);
        Assert.Equal(_client.RedirectUri, other.FormAction);
    }

    [Fact]
    public async Task a_code_without_a_password_is_nothing()
    {
        await OpenAsync(_browser);

        await _browser.SubmitAsync(("code", _lab.Codes.CurrentCode(_lab.Alice)));

        Assert.True(_browser.Inputs.ContainsKey("username"), _browser.Html);
    }

    [Fact]
    public async Task tabs_that_wait_go_on_when_another_one_finished()
    {
        await OpenAsync(_browser);
        var waiting = _browser.Address;
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);

        await _browser.OpenAsync(waiting);

        Assert.Equal(_client.RedirectUri, _browser.FormAction);
    }

    [Fact]
    public async Task a_code_typed_again_in_a_second_tab_is_no_error()
    {
        await OpenAsync(_browser);
        var second = _browser.Address;
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);
        var used = new Dictionary<string, string?> { ["code"] = _lab.Codes.CurrentCode(_lab.Alice) };

        using var answer = await _browser.Http.PostAsync(second, new FormUrlEncodedContent(used), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task another_user_begins_another_session()
    {
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);
        var alice = await _client.ClaimsAsync(_browser);
        _lab.Time.Advance(TimeSpan.FromSeconds(1));

        await OpenAsync(_browser, ("prompt", "login"));
        await _browser.SubmitAsync(("username", _lab.Bob.Upn), ("password", _lab.Bob.Password));

        var bob = await _client.ClaimsAsync(_browser);
        Assert.Equal("bob@contoso.test", bob.GetProperty("upn").GetString());
        Assert.False(bob.TryGetProperty("gw_mfa", out _), bob.ToString());
        Assert.NotEqual(alice.GetProperty("sid").GetString(), bob.GetProperty("sid").GetString());
        Assert.NotEqual(alice.GetProperty("sub").GetString(), bob.GetProperty("sub").GetString());
    }

    [Fact]
    public async Task an_unknown_or_old_sign_in_ends_on_a_page_with_words()
    {
        await OpenAsync(_browser);
        _lab.Time.Advance(TimeSpan.FromMinutes(16));

        await _browser.SubmitAsync(("username", _lab.Alice.Upn), ("password", _lab.Alice.Password));

        Assert.Contains("This sign-in took too long", _browser.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_session_ends_after_eight_hours()
    {
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);
        _lab.Time.Advance(TimeSpan.FromHours(8.1));

        await OpenAsync(_browser);

        Assert.True(_browser.Inputs.ContainsKey("username"), _browser.Html);
    }

    [Fact]
    public async Task sign_out_with_a_hint_ends_the_session_and_goes_back()
    {
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);
        var token = (await _client.RedeemAsync(_browser)).GetProperty("id_token").GetString();

        await _browser.OpenAsync(EndSession(("id_token_hint", token), ("post_logout_redirect_uri", $"{ProviderLab.Gateway}.gateway/signedout"), ("state", "s")));

        Assert.Equal($"{ProviderLab.Gateway}.gateway/signedout?state=s", _browser.Address.AbsoluteUri.Split("&iss=")[0]);
        await OpenAsync(_browser);
        Assert.True(_browser.Inputs.ContainsKey("username"), _browser.Html);
    }

    [Fact]
    public async Task sign_out_does_not_go_to_an_address_nobody_registered()
    {
        await _browser.OpenAsync(EndSession(("post_logout_redirect_uri", "https://evil.example/")));

        Assert.Equal(HttpStatusCode.BadRequest, _browser.Status);
    }

    [Fact]
    public async Task sign_out_at_the_provider_tells_the_application()
    {
        await _client.SignInAsync(_browser, _lab.Alice, Resource, AskForMfa);
        var sid = (await _client.ClaimsAsync(_browser)).GetProperty("sid").GetString();

        await _browser.OpenAsync(EndSession());

        var frame = $"{ProviderLab.Gateway}.gateway/frontchannel-logout?iss={Uri.EscapeDataString(_lab.Issuer.AbsoluteUri)}&sid={sid}";
        Assert.Contains($"<iframe src=\"{WebUtility.HtmlEncode(frame)}\"", _browser.Html, StringComparison.Ordinal);
    }

    private async Task OpenAsync(FormBrowser browser, params (string Name, string? Value)[] more) =>
        await browser.OpenAsync(await _client.RequestAsync(browser, [Resource, AskForMfa, .. more]));

    private Uri EndSession(params (string Name, string? Value)[] parameters) => new(QueryHelpers.AddQueryString(
        $"{_lab.Issuer}/oauth2/logout", parameters.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))));
}
