using System.Net;
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
