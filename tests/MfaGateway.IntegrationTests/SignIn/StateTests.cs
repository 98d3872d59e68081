using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>The way back from the provider: state, login cookie and code belong to one browser and work once.</summary>
public sealed class StateTests
{
    private const string Callback = "/.gateway/signin-oidc/oidc";
    private const string ProviderOrigin = "https://login.contoso.test";

    private static readonly Dictionary<string, Action<Dictionary<string, string>>> _wrongAnswers = new()
    {
        ["state missing"] = a => a.Remove("state"),
        ["state empty"] = a => a["state"] = "",
        ["state is junk"] = a => a["state"] = "junk",
        ["state with one character changed"] = a => a["state"] = a["state"][..40] + (a["state"][40] == 'A' ? 'B' : 'A') + a["state"][41..],
        ["state cut in half"] = a => a["state"] = a["state"][..(a["state"].Length / 2)],
    };

    public static TheoryData<string> WrongAnswers => [.. _wrongAnswers.Keys];

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task an_answer_without_our_state_takes_no_code_to_the_provider(string answer)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = _wrongAnswers[answer];

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadRequest, "sign-in-stale");

        Assert.Empty(network.Provider.TokenRequests);
    }

    [Fact]
    public async Task an_answer_without_code_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a => a.Remove("code");

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task a_code_that_is_unknown_to_the_provider_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a => a["code"] = "guessed";

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadRequest, "sign-in-stale");
    }

    [Fact]
    public async Task an_ID_token_that_comes_through_the_browser_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a =>
        {
            a.Remove("code");
            a["id_token"] = network.Provider.Draft(network.Provider.LastRequest).ToString();
        };

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task an_ID_token_beside_the_code_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.AuthorizationAnswer = a => a["id_token"] = network.Provider.Draft(network.Provider.LastRequest).ToString();

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task an_answer_brought_by_another_browser_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var attacker = network.NewBrowser();
        var answer = await attacker.FollowToAsync(await attacker.GetAsync("/owa/"), "login.contoso.test");
        var victim = network.NewBrowser();

        var page = await victim.PostAsync(answer.FormAction, ProviderOrigin, answer.Fields);

        network.ExpectRefusal(page, HttpStatusCode.BadRequest, "sign-in-stale");
        await network.ExpectNobodySignedInAsync(victim);
        Assert.Empty(network.Provider.TokenRequests);
    }

    [Fact]
    public async Task the_state_of_one_sign_in_with_the_code_of_another_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var first = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        var second = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        var mixed = new Dictionary<string, string>(first.Fields) { ["code"] = second.Fields["code"] };

        var page = await browser.PostAsync(first.FormAction, ProviderOrigin, mixed);

        network.ExpectRefusal(page, HttpStatusCode.BadGateway, "sign-in-invalid");
        Assert.Null(browser.Cookies.Find("__Host-mfagw"));
    }

    [Fact]
    public async Task the_same_answer_posted_twice_signs_in_once()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        await browser.PostAsync(answer.FormAction, ProviderOrigin, answer.Fields);

        var again = await browser.PostAsync(answer.FormAction, ProviderOrigin, answer.Fields);

        network.ExpectRefusal(again, HttpStatusCode.BadRequest, "sign-in-stale");
        Assert.Single(network.Provider.TokenRequests);
    }

    [Fact]
    public async Task a_replayed_code_is_refused_even_with_the_login_cookie_put_back()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        var cookie = browser.Cookies.All.Single(c => c.Name.StartsWith("__Secure-mfagw-login.", StringComparison.Ordinal));
        await browser.PostAsync(answer.FormAction, ProviderOrigin, answer.Fields);
        browser.Cookies.Add(cookie);

        var again = await browser.PostAsync(answer.FormAction, ProviderOrigin, answer.Fields);

        network.ExpectRefusal(again, HttpStatusCode.BadRequest, "sign-in-stale");
    }

    [Fact]
    public async Task an_answer_that_comes_after_the_time_to_sign_in_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");
        network.Time.Advance(TimeSpan.FromMinutes(16));

        var page = await browser.PostAsync(answer.FormAction, ProviderOrigin, answer.Fields);

        network.ExpectRefusal(page, HttpStatusCode.BadRequest, "sign-in-stale");
        await network.ExpectNobodySignedInAsync(browser);
    }

    [Fact]
    public async Task an_answer_for_another_provider_of_ours_is_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync(NetworkSetup.With(Dialect.Oidc, Dialect.Adfs));
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");

        var page = await browser.PostAsync("/.gateway/signin-oidc/adfs", ProviderOrigin, answer.Fields);

        network.ExpectRefusal(page, HttpStatusCode.BadRequest, "sign-in-stale");
        Assert.Empty(network.ProviderNamed("adfs").TokenRequests);
    }

    [Fact]
    public async Task the_login_cookie_goes_to_the_callback_only_and_is_removed_when_used()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var answer = await browser.FollowToAsync(await browser.GetAsync("/owa/"), "login.contoso.test");

        var cookie = Assert.Single(browser.Cookies.All);
        Assert.Equal(Callback, cookie.Path);
        Assert.True(cookie is { Secure: true, HttpOnly: true, SameSite: "none" }, cookie.ToString());
        Assert.InRange(cookie.Name.Length + cookie.Value.Length, 1, 200);

        await browser.FollowAsync(answer);
        var session = Assert.Single(browser.Cookies.All);
        Assert.Equal("__Host-mfagw", session.Name);
    }

    [Fact]
    public async Task the_session_cookie_is_opaque_small_and_for_this_host_only()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Alice with { Groups = [.. Enumerable.Range(0, 2_000).Select(n => $"Group {n} of the whole company"), "Staff"] };
        var browser = await network.SignedInBrowserAsync();

        var cookie = browser.Cookies.Find("__Host-mfagw")!;

        Assert.True(cookie is { Secure: true, HttpOnly: true, Path: "/", SameSite: "lax" }, cookie.ToString());
        Assert.InRange(cookie.Name.Length + cookie.Value.Length, 1, 200);
    }
}
