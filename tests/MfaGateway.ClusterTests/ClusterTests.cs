using System.CommandLine;
using System.Diagnostics;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Host.Commands;

namespace MfaGateway.ClusterTests;

/// <summary>Three gateways, one estate. The tests run one after another and leave everything running as they found it.</summary>
[Collection(Cluster.Name)]
public sealed class ClusterTests(Cluster cluster)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_gateway_answers_any_request_of_a_person()
    {
        using var alice = await cluster.SignedInAsync();
        var errors = cluster.Nodes.Sum(node => Occurrences(node.Log, " ERR] "));

        for (var n = 0; n < 60; n++)
        {
            using var way = alice.Through(cluster.Nodes[n % cluster.Nodes.Count]);
            Assert.Equal("200", await way.PostAsync(100 + n, Cancel));
        }

        Assert.Equal("200", await alice.PostAsync(10, Cancel)); // the balancer's way
        Assert.Equal(errors, cluster.Nodes.Sum(node => Occurrences(node.Log, " ERR] "))); // other tests leave theirs
    }

    [Fact]
    public async Task What_one_gateway_protected_of_Exchanges_cookies_every_gateway_opens()
    {
        using var alice = await cluster.SignedInAsync();
        int[] sizes = [.. cluster.Nodes.Select((_, n) => 7_101 + n)];

        var before = cluster.Exchange.Select(server => server.Requests.Since(0).Select(request => request.N).DefaultIfEmpty().Max()).ToList();
        foreach (var (node, size) in cluster.Nodes.Zip(sizes))
        {
            using var way = alice.Through(node);
            Assert.Equal("200", await way.PostAsync(size, Cancel));
        }

        var arrived = cluster.Exchange.SelectMany((server, n) => server.Requests.Since(before[n])).Where(request => sizes.Contains((int)request.Bytes)).ToList();
        Assert.Equal(sizes.Length, arrived.Count);
        Assert.All(arrived, request => Assert.Contains("X-BackEndCookie=lab%3D", Assert.Single(request.Headers["Cookie"]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_ended_at_one_gateway_ends_its_hanging_requests_at_all_within_two_seconds()
    {
        using var alice = await cluster.SignedInAsync();
        using var bystander = await cluster.SignedInAsync();
        var (hanging, waits) = await HangAsync(alice, 12);
        var (others, _) = await HangAsync(bystander, 3);
        var list = await RunAsync("list", "--json");
        var user = list[(list.IndexOf("\"sessions\"", StringComparison.Ordinal) + 1)..];
        Assert.Contains("alice", user, StringComparison.Ordinal);
        var began = Stopwatch.StartNew();

        await RunAsync("revoke", "--user", alice.Name);

        await Task.WhenAll(hanging).WaitAsync(TimeSpan.FromSeconds(2), Cancel);
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(4), $"It took {began.Elapsed}.");
        Assert.Equal(12, waits);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        Assert.Equal("440", await alice.PostAsync(10, Cancel));
        Assert.Equal("200", await bystander.PostAsync(10, Cancel));
    }

    [Fact]
    public async Task Gateways_are_restarted_one_after_another_under_load_and_nobody_notices()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);

        foreach (var node in cluster.Nodes)
        {
            Assert.Equal(0, await node.TerminateAsync());
            await node.StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(3), Cancel); // the balancer's two good probes
        }

        await load.ExpectNothingButSuccessAsync(atLeast: 200);
    }

    [Fact]
    public async Task A_gateway_that_is_killed_signs_nobody_out()
    {
        var users = await cluster.SignedInAsync(4);
        await using var load = new Load(users);
        await Task.Delay(500, Cancel);

        await cluster.Nodes[1].KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(4), Cancel);
        await cluster.Nodes[1].StartAsync();

        await load.StopAsync();
        Assert.DoesNotContain(load.Answers.Keys, answer => answer is "440" or "401" or "302" or "403");
        Assert.InRange(load.Answers.Where(answer => answer.Key != "200").Sum(answer => answer.Value), 0, users.Length * 2); // what it was answering, and the next try
        foreach (var user in users) Assert.Equal("200", await user.PostAsync(10, Cancel));
    }

    [Fact]
    public async Task A_redis_that_was_killed_and_comes_back_has_cost_nobody_the_session()
    {
        using var alice = await cluster.SignedInAsync();
        Assert.Equal("200", await alice.PostAsync(10, Cancel));
        var lines = cluster.Nodes.ToDictionary(node => node, node => Occurrences(node.Log, "The session store does not answer"));

        await cluster.Redis.KillAsync();
        var answers = new List<string>();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(2), Cancel); // a gateway believes what it knew for a second
            for (var n = 0; n < 6; n++) answers.Add(await alice.PostAsync(10, Cancel));
        }
        finally
        {
            await cluster.Redis.RestartAsync();
        }

        Assert.All(answers, answer => Assert.Equal("503", answer)); // never in, never signed out

        await Eventually.EqualAsync("200", () => alice.PostAsync(10, Cancel), Recovery);
        Assert.All(cluster.Nodes, node => Assert.InRange(Occurrences(node.Log, "The session store does not answer") - lines[node], 1, 3)); // not one a request
    }

    [Fact]
    public async Task A_redis_that_is_frozen_is_503_until_it_thaws()
    {
        using var alice = await cluster.SignedInAsync();
        Assert.Equal("200", await alice.PostAsync(10, Cancel));

        await SignalAsync("-STOP", cluster.Redis.ProcessId);
        try
        {
            await Eventually.EqualAsync("503", () => alice.PostAsync(10, Cancel));
        }
        finally
        {
            await SignalAsync("-CONT", cluster.Redis.ProcessId);
        }

        await Eventually.EqualAsync("200", () => alice.PostAsync(10, Cancel), Recovery);
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;

    private static async Task<(Task<bool>[] Hanging, int Begun)> HangAsync(MailUser user, int count)
    {
        var begun = Enumerable.Range(0, count).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var hanging = begun.Select(source => user.HangAsync(source, Cancel)).ToArray();
        await Task.WhenAll(begun.Select(source => source.Task)).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        return (hanging, hanging.Count(task => !task.IsCompleted));
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await new RootCommand { SessionsCommand.Create() }.Parse(["sessions", .. arguments, "--management", $"http://127.0.0.1:{cluster.Nodes[0].ManagementPort}"])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, Cancel);
        Assert.True(exit == 0, $"{exit}: {output} {error}");
        return output.ToString();
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, $"{process}"]);
        await kill.WaitForExitAsync(Cancel);
    }
}
