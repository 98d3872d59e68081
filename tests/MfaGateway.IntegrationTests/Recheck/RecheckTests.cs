using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Recheck;

/// <summary>The provider is asked again about people who are signed in.</summary>
public sealed class RecheckTests
{
    [Fact]
    public async Task without_the_setting_no_refresh_token_is_asked_for_and_nobody_is_asked_about()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        await network.WorkForAsync(alice, TimeSpan.FromHours(9));

        Assert.Equal("openid profile", network.Provider.LastRequest["scope"]);
        Assert.Equal(0, network.Provider.Refreshes);
    }

    [Theory]
    [InlineData("Oidc", "openid profile offline_access")]
    [InlineData("Entra", "openid profile offline_access")]
    [InlineData("Adfs", "openid allatclaims")] // it refuses scopes it does not know, and gives refresh tokens by its own settings
    public async Task every_kind_of_provider_is_asked_once_in_a_quarter_of_an_hour(string dialect, string scope)
    {
        await using var network = await RecheckSetup.StartAsync(Enum.Parse<Dialect>(dialect));
        var alice = await network.SignedInBrowserAsync();

        await network.WorkForAsync(alice, TimeSpan.FromMinutes(61));

        Assert.Equal(200, await alice.WorkAsync());
        Assert.Equal(scope, network.Provider.LastRequest["scope"]);
        Assert.Equal(4, network.Provider.Refreshes);
        Assert.Single(network.Provider.AuthorizationRequests);
        Assert.True((await Outcomes.SessionOf(alice)).GetProperty("mfa").GetBoolean());
    }

    [Fact]
    public async Task a_disabled_user_is_out_within_the_time_his_hanging_requests_too()
    {
        await using var network = await RecheckSetup.StartAsync();
        network.Exchange.Answer = received => received.Target.Contains("ev.owa2", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new HangingContent() } : null;
        var alice = await network.SignedInBrowserAsync();
        await using var hanging = await alice.StreamAsync("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0");
        Assert.True(await hanging.ReadAsync(new byte[64], TestContext.Current.CancellationToken) > 0);
        network.Provider.Disabled = true;

        var ended = EndAsync(hanging);
        for (var second = 0; second < RecheckSetup.Every.TotalSeconds + 60 && !ended.IsCompleted; second++)
        {
            network.Time.Advance(TimeSpan.FromSeconds(1));
            if (second > RecheckSetup.Every.TotalSeconds) await Task.WhenAny(ended, Task.Delay(50, TestContext.Current.CancellationToken)); // the sweep is another thread's
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(440, await alice.WorkAsync());
        Assert.Equal(1, network.Provider.Refreshes);
    }

    [Fact]
    public async Task a_disabled_user_s_page_leads_to_the_provider_and_the_end_is_recorded_with_its_own_reason()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Disabled = true;
        network.Time.Advance(RecheckSetup.Every);

        var page = await alice.GetAsync("/owa/");

        Assert.Equal(HttpStatusCode.Found, page.Status);
        var line = Assert.Single(network.Audit.Lines, line => line["event.action"] == "session-revoked");
        Assert.Equal(("recheck-refused", "alice@contoso.com", "oidc"), (line["gateway.reason"], line["user.name"], line["gateway.provider"]));
        Assert.Equal(network.Audit.Lines.First(l => l["event.action"] == "sign-in")["gateway.session"], line["gateway.session"]);
        Assert.Equal(1, network.Log.CountOf("no longer vouches for its user (invalid_grant)"));
    }

    [Theory]
    [InlineData("interaction_required")]
    [InlineData("login_required")]
    [InlineData("access_denied")]
    public async Task a_provider_that_wants_to_see_the_person_again_ends_the_session(string error)
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.TokenEndpoint = (_, _) => Task.FromResult<HttpResponseMessage?>(RecheckSetup.Error(error));
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(440, await alice.WorkAsync());
    }

    [Fact]
    public async Task changed_groups_change_what_the_policy_says()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/")).Status);

        network.Provider.Person = Person.Alice with { Groups = ["Exchange Admins"] };
        network.Time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.GetAsync("/ecp/")).Status);
        network.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/ecp/")).Status);
        Assert.Equal(403, await alice.WorkAsync()); // no longer staff
    }

    [Fact]
    public async Task who_is_asked_about_does_not_live_longer_for_it()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        for (var minutes = 0; minutes < 30; minutes += 5)
        {
            network.Time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Get, "/owa/keepalive.owa")).Status);
        }

        var asked = network.Provider.Refreshes;
        for (var minutes = 30; minutes < 8 * 60; minutes += 5)
        {
            network.Time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(440, (int)(await alice.FetchAsync(HttpMethod.Get, "/owa/keepalive.owa")).Status);
        }

        Assert.Equal((2, 2), (asked, network.Provider.Refreshes));
    }

    [Fact]
    public async Task being_asked_about_is_no_new_sign_in_for_a_policy_that_wants_a_fresh_one()
    {
        await using var network = await RecheckSetup.StartAsync();
        network.Provider.Person = Person.Admin;
        network.Provider.RefreshedIdToken = token => token.Claim("auth_time", token.Number("iat"));
        var admin = await network.SignedInBrowserAsync("/ecp/");
        network.Time.Advance(TimeSpan.FromMinutes(16));

        var script = await admin.FetchAsync(HttpMethod.Post, "/ecp/DDI/DDIService.svc/GetList");

        Assert.Equal(440, (int)script.Status);
        Assert.Equal(1, network.Provider.Refreshes);
        Assert.Equal(HttpStatusCode.OK, (await admin.OpenAsync("/ecp/DDI/")).Status);
        Assert.Equal("900", network.Provider.LastRequest["max_age"]);
    }

    [Fact]
    public async Task nobody_but_the_provider_ever_sees_a_refresh_token()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Time.Advance(RecheckSetup.Every);
        await alice.WorkAsync();
        using var client = new HttpClient();
        var sessions = await client.GetStringAsync(new Uri($"http://127.0.0.1:{network.ManagementPort}/api/sessions"), TestContext.Current.CancellationToken);
        var own = await alice.FetchAsync(HttpMethod.Get, "/.gateway/session");
        network.Provider.Disabled = true;
        network.Time.Advance(RecheckSetup.Every);
        await alice.WorkAsync();

        var seen = string.Join('\n', [sessions, own.Body, network.Log.Text, network.Audit.Text, .. network.Exchange.Requests.SelectMany(r => r.Headers.Values.SelectMany(v => v))]);

        Assert.Equal(2, network.Provider.Refreshes);
        Assert.DoesNotContain("refresh-", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_sign_out_does_not_wait_for_the_provider()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Time.Advance(RecheckSetup.Every);

        await alice.GetAsync("/owa/logoff.owa");

        Assert.Equal(0, network.Provider.Refreshes);
        Assert.Contains(network.Audit.Lines, line => line["event.action"] == "sign-out");
    }

    private static async Task EndAsync(Stream hanging)
    {
        try
        {
            while (await hanging.ReadAsync(new byte[64]) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // ended
        }
    }
}
