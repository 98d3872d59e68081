using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Recheck;

/// <summary>It is time to ask, and the provider gives no answer, or none about the user.</summary>
public sealed class UnansweredTests
{
    private static readonly Dictionary<string, Action<MisbehavingProvider>> _silences = new()
    {
        ["away"] = p => p.Down = true,
        ["503"] = Answer(() => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
        ["too many requests"] = Answer(() => new HttpResponseMessage(HttpStatusCode.TooManyRequests)),
        ["a page instead of JSON"] = Answer(() => MisbehavingProvider.Html("<h1>Maintenance</h1>")),
        ["an empty object"] = Answer(() => MisbehavingProvider.Json(new JsonObject())),
        ["an error of which half a letter is missing"] = Text("""{ "error": "invalid_grant\ud800" }"""),
        ["an answer of which half a letter is missing"] = Text("""{ "access_token": "a", "\udc00": 1 }""", HttpStatusCode.OK),
        ["two errors"] = Text("""{ "error": "server_error", "error": "invalid_grant" }"""),
        ["a redirect"] = Answer(() => new HttpResponseMessage(HttpStatusCode.TemporaryRedirect) { Headers = { Location = new Uri("https://evil.test/token") } }),
        ["our own secret has expired"] = Answer(() => RecheckSetup.Error("invalid_client", HttpStatusCode.Unauthorized)),
        ["we may not refresh"] = Answer(() => RecheckSetup.Error("unauthorized_client")),
        ["an error of its own"] = Answer(() => RecheckSetup.Error("temporarily_unavailable")),
    };

    public static TheoryData<string> Silences => [.. _silences.Keys];

    [Theory]
    [MemberData(nameof(Silences))]
    public async Task people_go_on_for_an_hour_then_wait_and_nobody_is_signed_out(string silence)
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        _silences[silence](network.Provider);
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(200, await alice.WorkAsync());
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
        await network.WorkForAsync(alice, RecheckSetup.Grace - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await alice.WorkAsync());
        network.Time.Advance(TimeSpan.FromSeconds(1));

        var page = await alice.GetAsync("/owa/");
        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "recheck-unavailable");
        Assert.Equal("10", page.Header("Retry-After"));
        Assert.Equal(503, await alice.WorkAsync());

        (network.Provider.Down, network.Provider.TokenEndpoint) = (false, null);
        await network.ExpectSoonAsync(HttpStatusCode.OK, () => alice.GetAsync("/owa/"));
        Assert.Single(network.Provider.AuthorizationRequests);
        Assert.Equal((1, 1), (network.Log.CountOf("cannot be asked about its users again"), network.Log.CountOf("answers about its users again")));
        Assert.DoesNotContain(network.Audit.Lines, line => line["event.action"] == "session-revoked");
        Assert.DoesNotContain(network.Internet.Seen, request => request.Host == "evil.test");
    }

    [Fact]
    public async Task a_provider_that_is_away_is_not_asked_with_every_request()
    {
        await using var network = await RecheckSetup.StartAsync();
        var browsers = new List<Browser>();
        for (var n = 0; n < 5; n++) browsers.Add(await network.SignedInBrowserAsync());
        network.Provider.TokenEndpoint = (_, _) => Task.FromResult<HttpResponseMessage?>(new HttpResponseMessage(HttpStatusCode.BadGateway));
        network.Time.Advance(RecheckSetup.Every);
        await browsers[0].WorkAsync();

        for (var n = 0; n < 100; n++) Assert.Equal(200, await browsers[n % 5].WorkAsync());

        Assert.Equal(1, network.Provider.Refreshes);
    }

    [Fact]
    public async Task a_slow_provider_is_waited_for_three_seconds_and_its_answer_counts_all_the_same()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        network.Provider.TokenEndpoint = async (_, _) =>
        {
            asked.TrySetResult();
            await answer.Task;
            return null;
        };
        network.Time.Advance(RecheckSetup.Every);

        var request = alice.WorkAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken); // until the request waits for the clock of the test
        Assert.False(request.IsCompleted);
        network.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(200, await request);
        network.Provider.Person = Person.Alice with { Groups = ["Staff", "Exchange Admins"] };
        answer.SetResult();
        await network.ExpectSoonAsync(HttpStatusCode.OK, () => alice.GetAsync("/ecp/"));
        Assert.Equal(1, network.Provider.Refreshes);
    }

    [Fact]
    public async Task without_any_grace_nobody_goes_on_unconfirmed()
    {
        await using var network = await RecheckSetup.StartAsync(more: gateway => gateway["Sessions"]!["Recheck"]!["Grace"] = "00:00:00");
        var alice = await network.SignedInBrowserAsync();
        network.Provider.Down = true;
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(503, await alice.WorkAsync());
    }

    [Fact]
    public async Task a_provider_that_gives_no_refresh_token_is_asked_by_sending_people_there_with_a_page()
    {
        await using var network = await RecheckSetup.StartAsync();
        network.Provider.TokenAnswer = answer => answer.Remove("refresh_token");
        var alice = await network.SignedInBrowserAsync();
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(200, await alice.WorkAsync()); // a script cannot be sent anywhere
        Assert.Single(network.Provider.AuthorizationRequests);
        var page = await alice.OpenAsync("/owa/#path=/mail/archive");

        Assert.Equal("https://mail.contoso.com/owa/#path=/mail/archive", page.Address.AbsoluteUri);
        Assert.Equal(2, network.Provider.AuthorizationRequests.Count);
        Assert.Equal(("alice@contoso.com", "loa-4"), (network.Provider.LastRequest["login_hint"], network.Provider.LastRequest["acr_values"]));
        Assert.Equal(1, network.Log.CountOf("gives no refresh tokens"));
    }

    [Fact]
    public async Task a_session_from_before_the_setting_is_treated_so_too()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Sessions"]!["Store"] = "Sqlite" });
        var alice = await network.SignedInBrowserAsync();
        var json = JsonNode.Parse(await File.ReadAllTextAsync(network.ConfigurationFile, TestContext.Current.CancellationToken))!;
        json["Gateway"]!["Sessions"]!["Recheck"] = new JsonObject { ["Every"] = "00:15:00" };
        await File.WriteAllTextAsync(network.ConfigurationFile, json.ToJsonString(), TestContext.Current.CancellationToken);
        await network.RestartAsync();
        network.Time.Advance(RecheckSetup.Every);

        Assert.Equal(200, await alice.WorkAsync());
        Assert.Equal(HttpStatusCode.OK, (await alice.OpenAsync("/owa/")).Status);

        Assert.Equal(2, network.Provider.AuthorizationRequests.Count);
        network.Time.Advance(RecheckSetup.Every);
        Assert.Equal(200, await alice.WorkAsync());
        Assert.Equal(1, network.Provider.Refreshes);
    }

    [Fact]
    public async Task a_token_used_up_by_a_question_whose_answer_was_lost_costs_nobody_the_session()
    {
        await using var network = await RecheckSetup.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Provider.TokenEndpoint = (fields, _) =>
        {
            if (fields["grant_type"] == "refresh_token") network.Provider.Refresh(fields).Dispose(); // takes the token
            network.Provider.TokenEndpoint = null;
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was lost.");
        };
        network.Time.Advance(RecheckSetup.Every);
        Assert.Equal(200, await alice.WorkAsync());
        network.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(200, await alice.WorkAsync()); // asks again, with the token that is used up
        await network.Log.WaitForAsync("the refresh token was used up");
        await network.WorkForAsync(alice, TimeSpan.FromMinutes(30));
        Assert.Equal(200, await alice.WorkAsync());
        Assert.Equal(2, network.Provider.Refreshes);
        var page = await alice.OpenAsync("/owa/?x=1");

        Assert.Equal((HttpStatusCode.OK, "/owa/?x=1"), (page.Status, page.Address.PathAndQuery));
        Assert.Equal(2, network.Provider.AuthorizationRequests.Count);
        Assert.DoesNotContain(network.Audit.Lines, line => line["event.action"] == "session-revoked");
        network.Time.Advance(RecheckSetup.Every);
        Assert.Equal(200, await alice.WorkAsync());
        Assert.Equal(3, network.Provider.Refreshes); // with the token of the new sign-in
    }

    [Fact]
    public async Task who_opens_no_page_for_so_long_has_to_and_a_provider_that_is_away_then_keeps_nobody_out_before()
    {
        await using var network = await RecheckSetup.StartAsync();
        network.Provider.TokenAnswer = answer => answer.Remove("refresh_token");
        var alice = await network.SignedInBrowserAsync();
        await network.WorkForAsync(alice, RecheckSetup.Every);
        network.Provider.Down = true;

        await network.WorkForAsync(alice, RecheckSetup.Grace - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status);
        network.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(440, await alice.WorkAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await alice.OpenAsync("/owa/")).Status);
        network.Provider.Down = false;
        network.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await alice.OpenAsync("/owa/")).Status);
        Assert.Equal(200, await alice.WorkAsync());
    }

    private static Action<MisbehavingProvider> Answer(Func<HttpResponseMessage> make) => provider => provider.TokenEndpoint = (_, _) => Task.FromResult<HttpResponseMessage?>(make());

    /// <summary>JSON as it is written.</summary>
    private static Action<MisbehavingProvider> Text(string json, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        Answer(() => new HttpResponseMessage(status) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });
}
