using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Sessions;

/// <summary>30 minutes without a person, or 10 hours whatever happens.</summary>
public sealed class ExpiryTests
{
    [Theory]
    [InlineData("GET", "/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0")]
    [InlineData("POST", "/owa/service.svc?action=GetReminders&UA=0")]
    [InlineData("GET", "/owa/keepalive.owa")]
    [InlineData("POST", "/owa/ping.owa")]
    [InlineData("GET", "/.gateway/session")]
    public async Task requests_that_OWA_makes_by_itself_do_not_keep_a_session_alive(string method, string path)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        for (var minutes = 0; minutes < 30; minutes += 5)
        {
            network.Time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(new HttpMethod(method), path)).Status);
        }

        network.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(20)] // one click
    public async Task eight_hours_of_background_polls_end_at_the_idle_limit_after_the_last_click(int? click)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var statuses = new List<int>();

        for (var minute = 1; minute <= 8 * 60; minute++)
        {
            network.Time.Advance(TimeSpan.FromMinutes(1));
            statuses.Add((int)(await alice.FetchAsync(HttpMethod.Get, "/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0")).Status);
            if (minute == click) Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);
        }

        var alive = 30 + (click ?? 0);
        Assert.All(statuses.Take(alive), status => Assert.Equal(200, status));
        Assert.All(statuses.Skip(alive), status => Assert.Equal(440, status));
    }

    [Theory]
    [InlineData("GET", "/owa/")]
    [InlineData("POST", "/owa/service.svc?action=FindItem")]
    [InlineData("POST", "/owa/service.svc?action=FindItem&UA=1")]
    public async Task requests_of_a_person_keep_a_session_alive_up_to_its_absolute_end(string method, string path)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        for (var minutes = 20; minutes < 600; minutes += 20)
        {
            network.Time.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(new HttpMethod(method), path)).Status);
        }

        network.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(440, (int)(await alice.FetchAsync(new HttpMethod(method), path)).Status);
    }

    [Fact]
    public async Task after_the_end_the_page_that_reloads_signs_in_again_and_lands_in_the_same_folder()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem")).Status);

        var page = await alice.OpenAsync("/owa/#path=/mail/AQMkADAw", NetworkSetup.Origin);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("https://mail.contoso.com/owa/#path=/mail/AQMkADAw", page.Address.AbsoluteUri);
    }

    [Fact]
    public async Task a_handle_with_one_character_changed_is_nobody_and_is_taken_back()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var cookie = alice.Cookies.Find("__Host-mfagw")!;
        alice.Cookies.Add(cookie with { Value = (cookie.Value[0] == 'A' ? 'B' : 'A') + cookie.Value[1..] });

        var page = await alice.GetAsync("/owa/");

        Assert.Equal(HttpStatusCode.Found, page.Status);
        Assert.Null(alice.Cookies.Find("__Host-mfagw"));
    }

    [Fact]
    public async Task a_late_poll_with_a_dead_handle_does_not_take_the_cookie_of_a_new_sign_in_away()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(31));

        var poll = await alice.FetchAsync(HttpMethod.Get, "/owa/ev.owa2?UA=0");

        Assert.Equal(440, (int)poll.Status);
        Assert.Empty(poll.SetCookies);
    }
}
