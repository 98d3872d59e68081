using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Who asks for too much is told so, and nobody else notices.</summary>
public sealed class LimitTests
{
    private const string Hanging = "/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0";

    [Fact]
    public async Task a_stranger_who_asks_too_often_is_answered_429_and_recorded_once_while_people_at_the_same_address_work()
    {
        await using var network = await StartAsync(("AddressRequestsPerMinute", 30));
        var alice = await network.SignedInBrowserAsync();
        var stranger = network.NewBrowser();
        var answers = new List<Page>();
        for (var n = 0; n < 60; n++) answers.Add(await stranger.FetchAsync(HttpMethod.Get, "/owa/"));

        var page = await UntilRefusedAsync(20, () => stranger.GetAsync("/owa/"));
        var mail = await alice.GetAsync("/owa/");

        Assert.Equal((HttpStatusCode.TooManyRequests, "5"), (page.Status, page.Header("Retry-After")));
        Assert.Contains("Too many requests", page.Body, StringComparison.Ordinal);
        Assert.Contains(answers, answer => answer.Status is HttpStatusCode.TooManyRequests && answer.Header("Content-Type") == "application/problem+json");
        Assert.Equal(HttpStatusCode.OK, mail.Status);
        Assert.Single(network.Audit.Lines, line => line["gateway.reason"] == "too-many-requests-of-address");
    }

    [Fact]
    public async Task a_made_up_handle_counts_as_a_stranger()
    {
        await using var network = await StartAsync(("AddressRequestsPerMinute", 10));
        var answers = new List<int>();

        for (var n = 0; n < 15; n++) answers.Add((await RawConnection.GetAsync(network, "/owa/", $"Cookie: __Host-mfagw={new string('A', 42)}{"AEIMQUYcgkosw04"[n]}")).Status);

        Assert.Contains(429, answers);
    }

    [Theory]
    [InlineData("SessionRequestsPerMinute", "too-many-requests-of-session", false)]
    [InlineData("UserRequestsPerMinute", "too-many-requests-of-user", true)]
    public async Task a_session_and_a_user_have_a_rate_of_their_own(string limit, string reason, bool otherSessionToo)
    {
        await using var network = await StartAsync((limit, 100));
        var (alice, other) = (await network.SignedInBrowserAsync(), await network.SignedInBrowserAsync());
        var answer = await UntilRefusedAsync(1_000, () => alice.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx?UA=0"));

        var elsewhere = await UntilRefusedAsync(20, () => other.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx?UA=0"));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
        Assert.Equal(reason, network.Audit.Of(answer.Reference)["gateway.reason"]);
        Assert.Equal(otherSessionToo ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK, elsewhere.Status);
    }

    [Theory]
    [InlineData("SessionRequestsAtOnce")]
    [InlineData("UserRequestsAtOnce")]
    public async Task requests_at_once_are_bounded_and_free_again_when_they_end(string limit)
    {
        await using var network = await StartAsync((limit, 10));
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = received => received.Target.Contains("slow", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new HangingContent() } : null;
        var running = new List<Stream>();
        for (var n = 0; n < 10; n++) running.Add(await alice.StreamAsync("/owa/attachment.ashx?slow"));

        var tooMuch = await alice.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx");
        foreach (var stream in running) await stream.DisposeAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, tooMuch.Status);
        Page after;
        do after = await alice.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx");
        while (after.Status is HttpStatusCode.TooManyRequests && !TestContext.Current.CancellationToken.IsCancellationRequested);
        Assert.Equal(HttpStatusCode.OK, after.Status);
    }

    [Fact]
    public async Task what_the_user_may_not_have_running_does_not_count_for_the_session()
    {
        await using var network = await StartAsync(("SessionRequestsAtOnce", 11), ("UserRequestsAtOnce", 10));
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = received => received.Target.Contains("slow", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new HangingContent() } : null;
        var running = new List<Stream>();
        for (var n = 0; n < 10; n++) running.Add(await alice.StreamAsync("/owa/attachment.ashx?slow"));

        List<string> reasons = [];
        for (var n = 0; n < 5; n++)
        {
            var refused = await alice.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
            reasons.Add(refused.Body);
        }

        Assert.All(reasons, reason => Assert.Contains("too-many-requests-of-user", reason, StringComparison.Ordinal)); // the second would be the session's, if the first had counted for it
        foreach (var stream in running) await stream.DisposeAsync();
    }

    [Fact]
    public async Task requests_that_hang_have_a_bound_of_their_own_and_leave_other_work_alone()
    {
        await using var network = await StartAsync(("SessionRequestsAtOnce", 10), ("UserHangingRequests", 12));
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = received => received.Target.Contains("Pending", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new HangingContent() } : null;
        var running = new List<Stream>();
        for (var n = 0; n < 12; n++) running.Add(await alice.StreamAsync(Hanging));

        var (work, oneMore) = (await alice.FetchAsync(HttpMethod.Get, "/owa/attachment.ashx"), await alice.FetchAsync(HttpMethod.Get, Hanging));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (work.Status, oneMore.Status));
        Assert.Equal("too-many-hanging-requests", network.Audit.Of(oneMore.Reference)["gateway.reason"]);
        foreach (var stream in running) await stream.DisposeAsync();
    }

    [Fact]
    public async Task strangers_at_one_address_have_a_bounded_number_of_requests_running()
    {
        await using var network = await StartAsync(("AddressRequestsAtOnce", 1));
        await using var slow = await network.ConnectAsync(TestContext.Current.CancellationToken);
        var begun = "POST /.gateway/signin-oidc/oidc HTTP/1.1\r\nHost: mail.contoso.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nstate="u8.ToArray();
        await slow.WriteAsync(begun, TestContext.Current.CancellationToken);

        var status = 0;
        for (var n = 0; n < 1_000 && status != 429; n++) status = (await RawConnection.GetAsync(network, "/")).Status; // until the first has arrived

        Assert.Single(network.Audit.Lines, line => line["gateway.reason"] == "too-many-requests-of-address");
    }

    [Fact]
    public async Task stepping_up_over_and_over_is_slowed_down_for_one_user()
    {
        await using var network = await StartAsync(("StepUpsPerMinute", 3));
        network.Provider.Person = Person.Admin;
        var (admin, other) = (new Browser(network) { Metadata = false }, new Browser(network) { Metadata = false });
        await admin.OpenAsync("/owa/");
        network.Provider.Person = Person.Admin with { Upn = "admin2@contoso.com" };
        await other.OpenAsync("/owa/");
        network.Time.Advance(TimeSpan.FromMinutes(20));
        var sentOn = new List<HttpStatusCode>();
        for (var n = 0; n < 3; n++) sentOn.Add((await admin.GetAsync("/ecp/")).Status);

        var (refused, elsewhere) = (await admin.GetAsync("/ecp/"), await other.GetAsync("/ecp/"));

        Assert.All(sentOn, status => Assert.Equal(HttpStatusCode.Redirect, status));
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.Redirect), (refused.Status, elsewhere.Status));
        Assert.Equal("too-many-step-ups", network.Audit.Of(refused.Reference)["gateway.reason"]);
    }

    [Theory]
    [InlineData("AddressConnections", 10)]
    [InlineData("Connections", 100)]
    public async Task there_may_be_so_many_connections_of_an_address_and_in_all_and_they_are_free_again_when_closed(string limit, int most)
    {
        await using var network = await StartAsync((limit, most));
        var cancellation = TestContext.Current.CancellationToken;
        var idle = new List<Stream>();
        for (var n = 0; n < most; n++) idle.Add(await network.ConnectAsync(cancellation));

        var refused = false;
        for (var n = 0; n < 1_000 && !refused; n++) refused = await EndsAsync(network); // until the others have arrived
        foreach (var connection in idle) await connection.DisposeAsync();

        Assert.True(refused);
        Assert.Equal(1, network.Log.CountOf("too many connections"));
        while (await EndsAsync(network)) cancellation.ThrowIfCancellationRequested(); // until the server has seen them go
    }

    [Fact]
    public async Task a_balancer_may_have_more_connections_than_an_address()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup
        {
            Configuration = gateway =>
            {
                gateway["Limits"] = new JsonObject { ["AddressConnections"] = 10 };
                gateway["ForwardedHeaders"] = new JsonObject { ["KnownNetworks"] = new JsonArray("127.0.0.0/8") };
            },
        });
        var idle = new List<Stream>();

        for (var n = 0; n < 20; n++) idle.Add(await network.ConnectAsync(TestContext.Current.CancellationToken));

        Assert.False(await EndsAsync(network));
        foreach (var connection in idle) await connection.DisposeAsync();
    }

    private static Task<SimulatedNetwork> StartAsync(params (string Name, int Value)[] limits) => SimulatedNetwork.StartAsync(new NetworkSetup
    {
        Configuration = gateway => gateway["Limits"] = new JsonObject(limits.Select(limit => KeyValuePair.Create(limit.Name, (JsonNode?)limit.Value))),
    });

    /// <summary>The first refusal, or the last answer: while a test asks, the gateway grants a little more every second.</summary>
    private static async Task<Page> UntilRefusedAsync(int most, Func<Task<Page>> ask)
    {
        var answer = await ask();
        for (var n = 1; n < most && answer.Status is not HttpStatusCode.TooManyRequests; n++) answer = await ask();
        return answer;
    }

    /// <summary>Whether a new connection is closed instead of answered.</summary>
    private static async Task<bool> EndsAsync(SimulatedNetwork network)
    {
        var cancellation = TestContext.Current.CancellationToken;
        try
        {
            await using var stream = await network.ConnectAsync(cancellation);
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: mail.contoso.com\r\n\r\n"u8.ToArray(), cancellation);
            return await stream.ReadAsync(new byte[1], cancellation) == 0;
        }
        catch (Exception e) when (e is IOException or SocketException) // closed as soon as it was there
        {
            return true;
        }
    }
}
