using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

public sealed class StepUpTests
{
    [Fact]
    public async Task an_admin_whose_proof_is_too_old_is_asked_again_and_gets_the_page_asked_for()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var browser = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(20));

        var page = await browser.OpenAsync("/ecp/?p=Reports#section");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("https://mail.contoso.com/ecp/?p=Reports#section", page.Address.AbsoluteUri);
        Assert.Equal(2, network.Provider.AuthorizationRequests.Count);
        Assert.Equal("900", network.Provider.LastRequest["max_age"]);
        Assert.Equal("admin@contoso.com", network.Provider.LastRequest["login_hint"]);
    }

    [Fact]
    public async Task a_session_gets_a_new_handle_at_a_step_up_and_the_old_one_is_dead()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var browser = await network.SignedInBrowserAsync();
        var before = browser.Cookies.Find("__Host-mfagw")!;
        network.Time.Advance(TimeSpan.FromMinutes(20));
        await browser.OpenAsync("/ecp/");
        var thief = network.NewBrowser();
        thief.Cookies.Add(before);

        var stolen = await thief.FetchAsync(HttpMethod.Get, "/.gateway/session");

        Assert.NotEqual(before.Value, browser.Cookies.Find("__Host-mfagw")!.Value);
        Assert.Equal(HttpStatusCode.Unauthorized, stolen.Status);
    }

    [Fact]
    public async Task a_handle_that_somebody_planted_before_the_sign_in_is_worth_nothing_after_it()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var planted = new Simulation.Cookie("__Host-mfagw", new string('A', 43), "mail.contoso.com", "/") { Secure = true, SameSite = "None" };
        browser.Cookies.Add(planted);
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        browser.Cookies.Add(planted); // once more: the first page took it away
        await browser.PostAsync(answer.FormAction, "https://login.contoso.test", answer.Fields);
        var attacker = network.NewBrowser();
        attacker.Cookies.Add(planted);

        Assert.NotEqual(planted.Value, browser.Cookies.Find("__Host-mfagw")!.Value);
        Assert.Equal(HttpStatusCode.Unauthorized, (await attacker.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
    }

    [Fact]
    public async Task signing_in_again_ends_the_session_before()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await network.SignedInBrowserAsync();
        var before = browser.Cookies.Find("__Host-mfagw")!;
        await browser.OpenAsync("/.gateway/signin?return=%2Fowa%2F");
        var thief = network.NewBrowser();
        thief.Cookies.Add(before);

        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/owa/")).Status);
    }

    [Fact]
    public async Task a_step_up_that_brings_nothing_is_a_page_and_reloading_it_does_not_ask_again()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin with { OneFactorOnly = true };
        var browser = network.NewBrowser();

        var first = await browser.OpenAsync("/ecp/");
        var asked = network.Provider.AuthorizationRequests.Count;
        var again = await browser.OpenAsync("/ecp/");

        network.ExpectRefusal(first, HttpStatusCode.Forbidden, "factor-not-delivered");
        network.ExpectRefusal(again, HttpStatusCode.Forbidden, "factor-not-delivered");
        Assert.Equal(asked, network.Provider.AuthorizationRequests.Count);
        Assert.InRange(asked, 1, 2); // the sign-in and at most one step-up
    }

    [Fact]
    public async Task the_button_on_that_page_asks_once_more_and_then_works()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Alice with { OneFactorOnly = true };
        var browser = network.NewBrowser();
        var refused = await browser.OpenAsync("/owa/");
        network.Provider.Person = Person.Alice;

        Assert.Contains("href=\"/.gateway/signin?return=%2Fowa%2F\"", refused.Body, StringComparison.Ordinal);
        var page = await browser.OpenAsync("/.gateway/signin?return=%2Fowa%2F");

        Assert.Equal(HttpStatusCode.OK, page.Status);
    }

    [Fact]
    public async Task a_script_that_needs_a_step_up_is_told_440_so_that_the_page_reloads()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var browser = await network.SignedInBrowserAsync("/ecp/");
        network.Time.Advance(TimeSpan.FromMinutes(20));

        var answer = await browser.FetchAsync(HttpMethod.Post, "/ecp/DDI/DDIService.svc/GetList");

        Assert.Equal(440, (int)answer.Status);
        Assert.Null(answer.Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/ecp/")).Status);
    }
}
