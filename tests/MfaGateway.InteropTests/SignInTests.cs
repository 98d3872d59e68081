using System.Net;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests;

/// <summary>The gateway at a provider that shares no code with it.</summary>
public sealed class SignInTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task people_sign_in_whether_the_gateway_has_a_key_or_a_secret(bool clientHasKey)
    {
        await using var deployment = await Deployment.StartAsync(clientHasKey);
        using var browser = deployment.OpenBrowser();

        await browser.OpenAsync("/owa/?exvsurl=1");
        await browser.GivePasswordAsync(Account.Alice);

        Assert.Equal(HttpStatusCode.OK, browser.Status);
        Assert.Equal("Exchange shows /owa/?exvsurl=1", browser.Html);
        var session = await browser.SessionAsync();
        Assert.Equal(Account.Alice.Name, session.GetProperty("user").GetString());
        Assert.False(session.GetProperty("mfa").GetBoolean());
    }

    [Fact]
    public async Task the_first_sign_in_after_a_rotation_of_the_keys_works()
    {
        await using var deployment = await Deployment.StartAsync();
        using (var before = deployment.OpenBrowser())
        {
            await before.OpenAsync("/owa/");
            await before.GivePasswordAsync(Account.Alice);
            Assert.Equal(HttpStatusCode.OK, before.Status);
        }

        await deployment.Provider.RotateKeysAsync();
        using var browser = deployment.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Alice);

        Assert.Equal("Exchange shows /owa/", browser.Html);
    }

    [Fact]
    public async Task a_provider_that_is_away_stops_nobody_who_is_signed_in()
    {
        await using var deployment = await Deployment.StartAsync();
        using var browser = deployment.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Alice);

        await deployment.StopProviderAsync();
        await browser.OpenAsync("/owa/?while=away");

        Assert.Equal("Exchange shows /owa/?while=away", browser.Html);
    }

    [Fact]
    public async Task a_provider_that_comes_back_with_new_keys_signs_people_in_at_once()
    {
        await using var deployment = await Deployment.StartAsync();
        var issuer = deployment.Provider.Issuer;
        using (var before = deployment.OpenBrowser())
        {
            await before.OpenAsync("/owa/");
            await before.GivePasswordAsync(Account.Alice);
        }

        await deployment.StopProviderAsync();
        await deployment.StartProviderAsync(issuer);
        using var browser = deployment.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Bob);

        Assert.Equal("Exchange shows /owa/", browser.Html);
    }

    [Fact]
    public async Task a_provider_that_goes_away_in_the_middle_is_a_page_that_says_so()
    {
        await using var deployment = await Deployment.StartAsync();
        using var browser = deployment.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.PauseBeforeGatewayAsync(() => browser.GivePasswordAsync(Account.Alice));

        await deployment.StopProviderAsync();
        await browser.GoOnAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, browser.Status);
        Assert.Equal("Signing in is not possible at the moment", browser.Heading);
    }
}
