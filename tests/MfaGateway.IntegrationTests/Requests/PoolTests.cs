using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Several Exchange servers behave like one: a lost one goes unnoticed, and nothing is ever done twice.</summary>
public sealed class PoolTests
{
    [Fact]
    public async Task without_any_server_a_person_gets_a_page_and_a_script_503_both_with_Retry_After()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        foreach (var server in new[] { "ex1", "ex2", "ex3" }) network.Exchange.Refusing[server] = true;

        var page = await alice.GetAsync("/owa/");
        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem");

        network.ExpectRefusal(page, HttpStatusCode.ServiceUnavailable, "no-healthy-server");
        Assert.NotNull(page.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.NotNull(answer.Header("Retry-After"));
    }

    [Fact]
    public async Task a_post_that_a_server_refused_the_connection_for_goes_to_another_one_whole()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Refusing[network.Exchange.Last.Server] = true;

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem", new ByteArrayContent(new byte[100_000]));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(100_000, Assert.Single(network.Exchange.Requests, r => r.Method == "POST").Bytes);
    }

    [Fact]
    public async Task a_post_is_never_sent_twice_once_a_byte_was_sent()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        foreach (var server in new[] { "ex1", "ex2", "ex3" }) network.Exchange.Breaking[server] = true;

        var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=SendItem", new StringContent("mail"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Single(network.Exchange.Requests, r => r.Method == "POST");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task a_read_whose_connection_breaks_is_repeated_on_another_server(string method)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        var lost = network.Exchange.Last.Server;
        network.Exchange.Breaking[lost] = true;

        var answer = await alice.FetchAsync(new HttpMethod(method), "/owa/?repeat=1");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var tries = network.Exchange.Requests.Where(r => r.Target == "/owa/?repeat=1").Select(r => r.Server).ToList();
        Assert.Equal(2, tries.Count);
        Assert.Equal(lost, tries[0]);
        Assert.NotEqual(lost, tries[1]);
    }

    [Fact]
    public async Task two_lost_servers_of_three_go_unnoticed()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Refusing["ex1"] = true;
        network.Exchange.Refusing["ex2"] = true;

        for (var n = 0; n < 20; n++)
        {
            Assert.Equal(HttpStatusCode.OK, (await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem", new StringContent("{}"))).Status);
        }

        Assert.All(network.Exchange.Requests.TakeLast(10), request => Assert.Equal("ex3", request.Server));
    }

    [Fact]
    public async Task a_session_stays_on_its_server_while_that_is_well()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        for (var n = 0; n < 20; n++) await alice.GetAsync("/owa/");

        Assert.Single(network.Exchange.Requests.Select(r => r.Server).Distinct());
    }

    [Fact]
    public async Task a_session_is_not_kept_at_a_server_that_fails_its_posts()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Breaking[network.Exchange.Last.Server] = true;

        var answers = new List<HttpStatusCode>();
        for (var n = 0; n < 12; n++) answers.Add((await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem", new StringContent("{}"))).Status);

        Assert.Equal(HttpStatusCode.BadGateway, answers[0]);
        Assert.All(answers.Skip(1), answer => Assert.Equal(HttpStatusCode.OK, answer));
    }

    [Fact]
    public async Task a_session_stays_on_its_server_when_its_own_body_was_at_fault()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        await alice.GetAsync("/owa/");
        var before = network.Exchange.Last.Server;

        for (var n = 0; n < 5; n++)
        {
            var answer = await alice.FetchAsync(HttpMethod.Post, "/owa/service.svc?action=FindItem", new StreamContent(new PatternStream(36_000_000, knowsLength: false)));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
            await alice.GetAsync("/owa/");
            Assert.Equal(before, network.Exchange.Last.Server);
        }
    }

    [Fact]
    public async Task health_says_how_many_requests_run_at_each_server()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        using var hanging = new HangingContent();
        var alice = await network.SignedInBrowserAsync();
        Assert.Equal("0 0 0 0 0 0", await RunningAsync(network));
        network.Exchange.Answer = _ => new HttpResponseMessage { Content = hanging };

        await using (var stream = await alice.StreamAsync("/owa/ev.owa2?ns=PendingRequest&ev=PendingNotificationRequest&UA=0"))
        {
            await stream.ReadExactlyAsync(new byte[HangingContent.First.Length], TestContext.Current.CancellationToken);
            Assert.Equal("0 0 0 0 0 1", await RunningAsync(network));
        }

        for (var n = 0; n < 100 && await RunningAsync(network) != "0 0 0 0 0 0"; n++) await Task.Delay(100, TestContext.Current.CancellationToken);
        network.Exchange.Answer = null;
        network.Exchange.Refusing[network.Exchange.Last.Server] = true;
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/owa/")).Status); // at the second try
        Assert.Equal("0 0 0 0 0 0", await RunningAsync(network));
    }

    private static async Task<string> RunningAsync(SimulatedNetwork network)
    {
        using var client = new HttpClient();
        var health = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{network.ManagementPort}/health"), TestContext.Current.CancellationToken))!;
        return string.Join(' ', health["servers"]!.AsArray().Select(server => server!["requests"]!.GetValue<int>()).Order());
    }

    [Fact]
    public async Task a_server_in_maintenance_for_one_protocol_serves_the_other()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        foreach (var server in new[] { "ex1", "ex2" }) network.Exchange.Maintenance[$"{server}/owa"] = true;
        await ProbeAsync(network, rounds: 4);
        var admin = await network.SignedInBrowserAsync();

        for (var n = 0; n < 10; n++) await admin.GetAsync("/owa/");

        Assert.All(network.Exchange.Requests, request => Assert.Equal("ex3", request.Server));
        network.Exchange.Maintenance["ex3/ecp"] = true;
        await ProbeAsync(network, rounds: 4);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/ecp/")).Status);
        Assert.NotEqual("ex3", network.Exchange.Last.Server);
    }

    /// <summary>Lets the interval pass and waits until every server was probed for every protocol, so many times.</summary>
    private static async Task ProbeAsync(SimulatedNetwork network, int rounds)
    {
        for (var n = 0; n < rounds; n++)
        {
            var before = network.Log.CountOf("Probing destination");
            network.Time.Advance(TimeSpan.FromSeconds(10));
            await network.Log.WaitForAsync("Probing destination", before + 6);
        }
    }
}
