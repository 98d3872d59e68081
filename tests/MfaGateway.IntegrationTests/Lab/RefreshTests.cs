using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace MfaGateway.IntegrationTests.Lab;

/// <summary>Refresh tokens of the lab's identity provider.</summary>
public sealed class RefreshTests(SharedCertificates certificates) : IClassFixture<SharedCertificates>
{
    private static readonly (string, string?) Resource = ("resource", "https://localhost/gateway");
    private static readonly (string, string?) Offline = ("scope", "openid profile offline_access");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("adfs")]
    [InlineData("entra")]
    public async Task a_refresh_says_who_the_user_is_now_and_when_he_signed_in(string dialect)
    {
        await using var lab = await ProviderLab.StartAsync(dialect, certificates);
        var (client, browser) = (new RelyingParty(lab, dialect), lab.Browser());
        var first = await SignInAsync(client, browser, lab, dialect);
        var signedIn = lab.Time.GetUtcNow();
        lab.Time.Advance(TimeSpan.FromMinutes(10));
        lab.Users.Change(lab.Alice.Upn, user => user with { Groups = ["Staff", "Exchange Admins"] });

        var second = await client.RefreshAsync(browser, Text(first, "refresh_token"));

        var token = new JsonWebToken(Text(second, "id_token"));
        Assert.Equal(["Staff", "Exchange Admins"], token.Claims.Where(claim => claim.Type is "group" or "groups").Select(claim => claim.Value));
        Assert.Equal(new JsonWebToken(Text(first, "id_token")).Subject, token.Subject);
        Assert.Equal(signedIn.ToUnixTimeSeconds(), token.GetPayloadValue<long>("auth_time"));
        Assert.Equal("the nonce", token.GetPayloadValue<string>("nonce")); // OpenIddict repeats it, as OpenID Connect Core 12.2 allows
    }

    [Fact]
    public async Task only_entra_has_to_be_asked_for_refresh_tokens_and_ad_fs_may_not_be()
    {
        await using var entra = await ProviderLab.StartAsync("entra", certificates);
        await using var adfs = await ProviderLab.StartAsync("adfs", certificates);
        var (client, browser) = (new RelyingParty(entra, "entra"), entra.Browser());
        await client.SignInAsync(browser, entra.Alice);
        var refused = adfs.Browser();
        await new RelyingParty(adfs, "adfs").SignInAsync(refused, adfs.Alice, Resource, ("scope", "openid allatclaims offline_access"));

        Assert.False((await client.RedeemAsync(browser)).TryGetProperty("refresh_token", out _));
        Assert.Equal("invalid_scope", refused.Inputs["error"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_refresh_token_works_again_unless_it_is_to_work_once(bool once)
    {
        await using var lab = await ProviderLab.StartAsync("entra", certificates);
        lab.Tokens.Current = lab.Tokens.Current with { OneUseRefreshTokens = once };
        var (client, browser) = (new RelyingParty(lab, "entra"), lab.Browser());
        var token = Text(await SignInAsync(client, browser, lab, "entra"), "refresh_token");
        var next = Text(await client.RefreshAsync(browser, token), "refresh_token");

        var again = await client.RefreshAsync(browser, token);

        Assert.Equal(once ? "invalid_grant" : null, Text(again, "error"));
        Assert.NotNull(next);
        if (once) Assert.Equal("invalid_grant", Text(await client.RefreshAsync(browser, next), "error")); // who shows one twice loses them all
        Assert.Equal(once ? 3 : 2, lab.Tokens.Counts.Refreshes);
        Assert.Equal(1, lab.Tokens.Counts.Codes);
    }

    [Fact]
    public async Task the_control_door_disables_a_user_and_counts()
    {
        await using var lab = await ProviderLab.StartAsync("entra", certificates);
        var (client, browser) = (new RelyingParty(lab, "entra"), lab.Browser());
        var token = Text(await SignInAsync(client, browser, lab, "entra"), "refresh_token");
        var door = new Uri(lab.Issuer.GetLeftPart(UriPartial.Authority));

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(browser, new Uri(door, "/.lab/users/alice@contoso.test"), """{"disabled":true}"""));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(browser, new Uri(door, "/.lab/users/nobody@contoso.test"), """{"disabled":true}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(browser, new Uri(door, "/.lab/tokens"), """{"holdMs":-1}"""));
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(browser, new Uri(door, "/.lab/tokens"), """{"oneUseRefreshTokens":true}"""));

        Assert.Equal("invalid_grant", Text(await client.RefreshAsync(browser, token), "error"));
        Assert.Equal("""{"codes":1,"refreshes":1}""", await browser.Http.GetStringAsync(new Uri(door, "/.lab/tokens"), Cancel));
        await browser.OpenAsync(await client.RequestAsync(browser));
        Assert.True(browser.Inputs.ContainsKey("username"), "A disabled user is still signed in at the provider.");
    }

    private static async Task<JsonElement> SignInAsync(RelyingParty client, FormBrowser browser, ProviderLab lab, string dialect)
    {
        await client.SignInAsync(browser, lab.Alice, dialect == "adfs" ? Resource : Offline);
        return await client.RedeemAsync(browser);
    }

    private static async Task<HttpStatusCode> PutAsync(FormBrowser browser, Uri address, string json)
    {
        using var content = new StringContent(json);
        using var answer = await browser.Http.PutAsync(address, content, Cancel);
        return answer.StatusCode;
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
