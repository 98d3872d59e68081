using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

public sealed class ManyTabsTests
{
    [Fact]
    public async Task fifty_tabs_that_sign_in_at_once_all_land_where_they_meant()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        string[] meant = [.. Enumerable.Range(0, 50).Select(n => $"https://mail.contoso.com/owa/?tab={n}#path=/mail/folder{n}")];

        var atProvider = await Task.WhenAll(meant.Select(async address => await browser.FollowToAsync(await browser.GetAsync(address), "login.contoso.test")));
        var loginCookies = browser.Cookies.All.Where(c => c.Name.StartsWith("__Secure-mfagw-login.", StringComparison.Ordinal)).ToList();
        var pages = await Task.WhenAll(atProvider.Select(browser.FollowAsync));

        Assert.Equal(50, loginCookies.Count);
        Assert.All(loginCookies, cookie => Assert.Equal("/.gateway/signin-oidc/oidc", cookie.Path));
        Assert.All(pages, page => Assert.Equal(HttpStatusCode.OK, page.Status));
        Assert.Equal(meant.Order(), pages.Select(page => page.Address.AbsoluteUri).Order());
        Assert.Single(browser.Cookies.All); // the session; every login cookie is gone
    }

    [Fact]
    public async Task fifty_tabs_at_the_moment_of_a_key_rotation_all_sign_in()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(1)); // the session above is the eldest, and the one that makes room when there are fifty more
        network.Provider.Key = SigningKey.Second;
        var browser = network.NewBrowser();

        var atProvider = await Task.WhenAll(Enumerable.Range(0, 50).Select(async n => await browser.FollowToAsync(await browser.GetAsync($"/owa/?tab={n}"), "login.contoso.test")));
        var pages = await Task.WhenAll(atProvider.Select(browser.FollowAsync));

        Assert.All(pages, page => Assert.Equal(HttpStatusCode.OK, page.Status));
    }

    [Fact]
    public async Task sign_ins_without_end_from_one_address_are_slowed_down()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => gateway["Limits"] = new System.Text.Json.Nodes.JsonObject { ["SignInsPerMinute"] = 3 },
        });
        for (var n = 0; n < 3; n++) await network.NewBrowser().GetAsync("/.gateway/signin?return=%2Fowa%2F&go=1");

        var page = await network.NewBrowser().GetAsync("/.gateway/signin?return=%2Fowa%2F&go=1");

        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.Equal("60", page.Header("Retry-After"));
    }

    [Fact]
    public async Task a_browser_without_script_is_sent_on_by_the_page_itself()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        using var browser = new Browser(network) { Script = false };

        var page = await browser.OpenAsync("/owa/?a=b#lost");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("/owa/?a=b", network.Exchange.Last.Target);
    }

    [Theory]
    [InlineData("alice@contoso.com", "https://login.entra.test")]
    [InlineData("alice@elsewhere.test", "https://login.contoso.test")]
    public async Task a_login_hint_chooses_the_provider_of_its_domain(string hint, string expected)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Providers = [NetworkSetup.Provider(Dialect.Oidc), NetworkSetup.Provider(Dialect.Entra)],
            Configuration = gateway => gateway["Providers"]!["entra"]!["Domains"] = new System.Text.Json.Nodes.JsonArray("contoso.com"),
        });
        var browser = network.NewBrowser();

        var hop = await browser.GetAsync($"/.gateway/signin?return={Uri.EscapeDataString($"/owa/?login_hint={hint}")}&go=1");

        Assert.StartsWith(expected, hop.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_person_chooses_where_several_providers_are_configured_and_nothing_decides()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Providers = [NetworkSetup.Provider(Dialect.Oidc), NetworkSetup.Provider(Dialect.Adfs)],
            Configuration = gateway => gateway.Remove("DefaultProvider"),
        });
        var browser = network.NewBrowser();

        var chooser = await browser.OpenAsync("/owa/?a=b");

        Assert.Contains("href=\"/.gateway/signin?return=%2Fowa%2F%3Fa%3Db&amp;provider=adfs\"", chooser.Body, StringComparison.Ordinal);
        var page = await browser.OpenAsync("/.gateway/signin?return=%2Fowa%2F%3Fa%3Db&provider=adfs");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("adfs", (await Outcomes.SessionOf(browser)).GetProperty("provider").GetString());
    }
}
