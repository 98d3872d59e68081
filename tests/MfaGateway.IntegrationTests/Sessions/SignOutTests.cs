using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

public sealed class SignOutTests
{
    [Theory]
    [InlineData("/owa/logoff.owa")]
    [InlineData("/owa/auth/logoff.aspx?Cmd=logoff")]
    [InlineData("/owa/logoff.owa?canary=x")]
    [InlineData("/ecp/logoff.aspx")]
    [InlineData("/.gateway/signout")]
    public async Task signing_out_ends_the_session_the_cookies_and_the_provider_s_session(string path)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var cookie = alice.Cookies.Find("__Host-mfagw")!;
        alice.Cookies.Add(new Simulation.Cookie("cadata", "x", "mail.contoso.com", "/") { Secure = true });
        alice.Cookies.Add(new Simulation.Cookie("X-OWA-CANARY", "x", "mail.contoso.com", "/") { Secure = true });
        alice.Cookies.Add(new Simulation.Cookie("X-BackEndCookie", "x", "mail.contoso.com", "/owa") { Secure = true });
        var forwarded = network.Exchange.Requests.Count;

        var answer = await alice.GetAsync(path, NetworkSetup.Origin);

        var provider = new Uri(answer.Location!);
        Assert.Equal("https://login.contoso.test/logout", provider.GetLeftPart(UriPartial.Path));
        var query = MisbehavingProvider.Fields(provider.Query);
        Assert.Equal("https://mail.contoso.com/.gateway/signedout", query["post_logout_redirect_uri"]);
        Assert.Equal(3, query["id_token_hint"].Split('.').Length);
        Assert.Empty(alice.Cookies.All);
        Assert.Equal(forwarded, network.Exchange.Requests.Count);
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "sign-out" && line["user.name"] == "alice@contoso.com");

        var thief = network.NewBrowser();
        thief.Cookies.Add(cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
    }

    [Theory]
    [InlineData("/owa/logoff.owa")]
    [InlineData("/.gateway/signout")]
    public async Task a_sign_out_that_another_site_sends_asks_first(string path)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var question = await alice.GetAsync(path, "https://evil.test");

        Assert.Equal(HttpStatusCode.OK, question.Status);
        Assert.Contains("Sign out?", question.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task the_button_of_that_question_signs_out()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var question = await alice.GetAsync("/.gateway/signout", "https://evil.test");
        Assert.Contains("href=\"/.gateway/signout\"", question.Body, StringComparison.Ordinal);

        var answer = await alice.GetAsync("/.gateway/signout", "https://mail.contoso.com");

        Assert.StartsWith("https://login.contoso.test/logout", answer.Location, StringComparison.Ordinal);
        Assert.Null(alice.Cookies.Find("__Host-mfagw"));
    }

    [Fact]
    public async Task a_sign_out_posted_by_another_site_asks_first()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var question = await alice.PostAsync("/.gateway/signout", "https://evil.test", []);

        Assert.Contains("Sign out?", question.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task signing_out_works_while_the_provider_is_down()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Down = true;
        network.Time.Advance(TimeSpan.FromMinutes(20));

        var answer = await alice.GetAsync("/.gateway/signout");

        Assert.Equal(HttpStatusCode.Found, answer.Status);
        Assert.Null(alice.Cookies.Find("__Host-mfagw"));
    }

    [Fact]
    public async Task signing_out_without_a_session_ends_on_the_landing_page()
    {
        await using var network = await SimulatedNetwork.StartAsync();

        var page = await network.NewBrowser().OpenAsync("/.gateway/signout");

        Assert.Equal("/.gateway/signedout", page.Address.AbsolutePath);
        Assert.Contains("You are signed out", page.Body, StringComparison.Ordinal);
        Assert.Contains("storage", page.Header("Clear-Site-Data"), StringComparison.Ordinal);
    }
}
