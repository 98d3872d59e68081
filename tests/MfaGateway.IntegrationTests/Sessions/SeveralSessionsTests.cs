using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

/// <summary>Tabs that sign in at the same moment make a session each, and the browser keeps the cookie of the last one only.</summary>
public sealed class SeveralSessionsTests
{
    [Fact]
    public async Task signing_out_ends_every_session_that_one_sign_in_at_the_provider_made()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = network.NewBrowser();
        var first = await browser.FollowToAsync(await browser.GetAsync("/owa/?tab=1"), "login.contoso.test");
        var second = await browser.FollowToAsync(await browser.GetAsync("/owa/?tab=2"), "login.contoso.test");
        await browser.FollowAsync(first);
        var lost = network.NewBrowser();
        lost.Cookies.Add(browser.Cookies.Find("__Host-mfagw")!);
        await browser.FollowAsync(second);
        Assert.Equal(HttpStatusCode.OK, (await lost.GetAsync("/owa/")).Status);

        await browser.GetAsync("/owa/logoff.owa");

        Assert.Equal(HttpStatusCode.Unauthorized, (await lost.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
    }

    [Theory]
    [InlineData("Memory")]
    [InlineData("Sqlite")]
    public async Task one_session_too_many_ends_the_one_of_which_nothing_was_heard_longest(string store)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway => (gateway["Sessions"], gateway["Limits"]!["SessionsPerUser"]) = (new JsonObject { ["Store"] = store }, 2),
        });
        var other = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Admin;
        var forgotten = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(1));
        var used = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(1));

        var newest = await network.SignedInBrowserAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await forgotten.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
        foreach (var browser in new[] { used, newest, other }) Assert.Equal(HttpStatusCode.OK, (await browser.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
        Assert.Equal("session-revoked", Assert.Single(network.Audit.Lines, line => line["gateway.reason"] == "too-many-sessions")["event.action"]);
    }

    [Fact]
    public async Task a_step_up_replaces_its_session_and_is_not_one_more()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Limits"]!["SessionsPerUser"] = 2 });
        network.Provider.Person = Person.Admin;
        var first = await network.SignedInBrowserAsync();
        var second = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(20));

        await second.OpenAsync("/ecp/");

        Assert.Equal(HttpStatusCode.OK, (await first.FetchAsync(HttpMethod.Get, "/.gateway/session")).Status);
    }

    [Fact]
    public async Task signing_out_leaves_the_sessions_of_other_people_alone()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Person = Person.Admin;
        var admin = await network.SignedInBrowserAsync();

        await alice.GetAsync("/owa/logoff.owa");

        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/owa/")).Status);
    }
}
