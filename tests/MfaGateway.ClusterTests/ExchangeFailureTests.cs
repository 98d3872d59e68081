using System.Net.Http.Json;
using System.Text.Json;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Lab.Exchange;

namespace MfaGateway.ClusterTests;

/// <summary>Exchange servers fail in every way they can while people work. Each test leaves them healthy.</summary>
[Collection(Cluster.Name)]
public sealed class ExchangeFailureTests(Cluster cluster) : IAsyncLifetime
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A gateway that still leaves a server out since the test before says nothing new about it.</summary>
    public async ValueTask InitializeAsync()
    {
        using var client = new HttpClient();
        foreach (var node in cluster.Nodes)
        {
            await Eventually.Async(async () =>
            {
                var health = await client.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{node.ManagementPort}/health"), Cancel);
                return health.GetProperty("servers").EnumerateArray().All(server => server.GetProperty("probe").GetString() == "healthy" && server.GetProperty("connection").GetString() != "unhealthy");
            });
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task One_server_in_maintenance_is_not_noticed()
    {
        await using var load = new Load(await cluster.SignedInAsync(3));
        await Task.Delay(1_000, Cancel);

        cluster.Exchange[0].Behaviour.Current = new Behaviour { Health = new Dictionary<string, int> { ["owa"] = 503, ["ecp"] = 503 } };
        await Eventually.Async(() => Task.FromResult(cluster.Nodes.All(node => node.Log.Contains("healthcheck.htm answers 503", StringComparison.Ordinal))));
        await Task.Delay(2_000, Cancel);
        cluster.Exchange[0].Behaviour.Current = new Behaviour();

        await load.ExpectNothingButSuccessAsync(atLeast: 200);
    }

    [Fact]
    public async Task Two_servers_that_crash_cost_at_most_what_they_were_answering()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);
        await Task.Delay(1_000, Cancel);
        var told = cluster.Said("is left out for owa");

        try
        {
            await cluster.StopExchangeAsync(0);
            await cluster.StopExchangeAsync(1);
            await Task.Delay(6_000, Cancel);
        }
        finally
        {
            await cluster.StartExchangeAsync(0);
            await cluster.StartExchangeAsync(1);
        }

        await ServedEverywhereAsync(users[0]);
        await load.ExpectOnlyAsync("200", "502");
        Assert.InRange(load.Count("502"), 0, users.Length * 2);
        Assert.True(load.Count("200") > 200, load.ToString());
        Assert.InRange(cluster.Said("is left out for owa") - told, 2, 6); // each of three gateways says it once for each server, if it noticed
    }

    [Fact]
    public async Task All_servers_down_is_503_for_everybody_and_over_when_they_come_back()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);
        await Task.Delay(1_000, Cancel);
        var (told, back) = (cluster.Said("is left out for owa"), cluster.Said("serves owa again"));

        try
        {
            for (var n = 0; n < 3; n++) await cluster.StopExchangeAsync(n);
            await Eventually.EqualAsync("503", () => users[0].PostAsync(10, Cancel));
            Assert.Equal(503, await users[0].StatusAsync("/owa/", Cancel));
            await Task.Delay(3_000, Cancel);
        }
        finally
        {
            for (var n = 0; n < 3; n++) await cluster.StartExchangeAsync(n);
        }

        await ServedEverywhereAsync(users[0]);
        foreach (var user in users) await Eventually.EqualAsync("200", () => user.PostAsync(10, Cancel), Recovery);
        await load.ExpectOnlyAsync("200", "502", "503");
        Assert.InRange(load.Count("502"), 0, users.Length * 3);
        Assert.InRange(cluster.Said("is left out for owa") - told, 3, 9);
        await Eventually.Async(() => Task.FromResult(cluster.Said("serves owa again") - back >= cluster.Said("is left out for owa") - told));
    }

    [Fact]
    public async Task A_server_that_resets_connections_in_the_middle_of_an_answer_gives_nobody_half_an_answer()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);
        await Task.Delay(1_000, Cancel);
        var (told, over) = (cluster.Said("A request for owa failed at"), cluster.Said("no longer fail at"));

        foreach (var server in cluster.Exchange) server.Behaviour.Current = new Behaviour { BreakAfterBytes = 5_000 };
        await Eventually.Async(() => Task.FromResult(load.Answers.Keys.Any(answer => answer.StartsWith("broken", StringComparison.Ordinal))));
        await Task.Delay(2_000, Cancel);
        foreach (var server in cluster.Exchange) server.Behaviour.Current = new Behaviour();
        await ServedEverywhereAsync(users[0]);
        await Task.Delay(12_000, Cancel);

        await load.ExpectOnlyAsync("200", "502", "broken"); // 502: the reset overtook the beginning of the answer
        Assert.InRange(cluster.Said("A request for owa failed at") - told, 1, 9);
        Assert.InRange(cluster.Said("no longer fail at") - over, 1, 9);
    }

    [Fact]
    public async Task A_slow_server_slows_down_those_it_serves_and_nobody_is_turned_away()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);
        await Task.Delay(1_000, Cancel);

        cluster.Exchange[2].Behaviour.Current = new Behaviour { DelayMs = 2_000 };
        await Task.Delay(5_000, Cancel);
        cluster.Exchange[2].Behaviour.Current = new Behaviour();

        await load.ExpectNothingButSuccessAsync(atLeast: 200);
    }

    [Fact]
    public async Task A_server_that_answers_garbage_is_502_for_what_reached_it_and_the_next_request_goes_elsewhere()
    {
        var users = await cluster.SignedInAsync(6);
        await using var load = new Load(users);
        await Task.Delay(1_000, Cancel);

        await cluster.StopExchangeAsync(1);
        try
        {
            await using var garbage = new GarbageServer(cluster.Exchange[1].Address, cluster.Leaf);
            await Task.Delay(4_000, Cancel);
        }
        finally
        {
            await cluster.StartExchangeAsync(1);
        }

        await ServedEverywhereAsync(users[0]);
        await load.ExpectOnlyAsync("200", "502", "broken");
        Assert.True(load.Count("200") > 20 * load.Answers.Where(answer => answer.Key != "200").Sum(answer => answer.Value), load.ToString()); // nobody is kept at the bad server
    }

    [Fact]
    public async Task Nothing_but_garbage_is_502_for_everybody_and_over_when_it_is()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);

        for (var n = 0; n < 3; n++) await cluster.StopExchangeAsync(n);
        try
        {
            await using var first = new GarbageServer(cluster.Exchange[0].Address, cluster.Leaf);
            await using var second = new GarbageServer(cluster.Exchange[1].Address, cluster.Leaf);
            await using var third = new GarbageServer(cluster.Exchange[2].Address, cluster.Leaf);
            await Eventually.Async(() => Task.FromResult(first.Answers + second.Answers + third.Answers > 100), TimeSpan.FromSeconds(40));
        }
        finally
        {
            for (var n = 0; n < 3; n++) await cluster.StartExchangeAsync(n);
        }

        await ServedEverywhereAsync(users[0]);
        foreach (var user in users) await Eventually.EqualAsync("200", () => user.PostAsync(10, Cancel), Recovery);
        await load.ExpectOnlyAsync("200", "502", "503", "broken");
        Assert.True(load.Count("502") > 30, load.ToString());
    }

    private async Task ServedEverywhereAsync(MailUser user)
    {
        foreach (var node in cluster.Nodes)
        {
            using var way = user.Through(node);
            await Eventually.EqualAsync("200", () => way.PostAsync(10, Cancel), Recovery);
        }

        await Eventually.EqualAsync("200", () => user.PostAsync(10, Cancel), Recovery); // the balancer knows too
    }
}
