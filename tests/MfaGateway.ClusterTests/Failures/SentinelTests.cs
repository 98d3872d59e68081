using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>The master of the shared Redis dies, and sentinels make its replica the master.</summary>
[Collection(FailureTests.Name)]
public sealed class SentinelTests(FailureLab lab)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_master_that_dies_costs_nobody_the_session_and_lets_nobody_in()
    {
        var folder = lab.NewFolder("sentinel");
        await using var redis = await SentinelRedis.StartAsync(folder, await FailureLab.WriteRedisUsersAsync(folder));
        var sharing = lab.Sharing(redis.Connection);
        await using var first = lab.NewNode(sharing);
        await using var second = lab.NewNode(sharing);
        await StartBeforeTheSentinelsAsync(redis, first, second);
        using var alice = await lab.SignedInAsync(first);
        using var bob = await lab.SignedInAsync(second);
        using var ended = await lab.SignedInAsync(first);
        using var aliceElsewhere = alice.Through(second);
        using var endedElsewhere = ended.Through(second);
        using var stranger = lab.NewUser(first);
        Assert.Equal(1, await FailureLab.RevokeAsync(second, ended));
        await Task.Delay(1_000, Cancel);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = alice.HangAsync(begun, Cancel);
        await begun.Task;

        await using var load = new GuardedLoad([alice, bob, aliceElsewhere], [ended, endedElsewhere, stranger]);
        for (var n = 0; n < (FailureLab.Long ? 5 : 1); n++)
        {
            var dead = await redis.KillMasterAsync();
            await Eventually.Async(async () => await redis.MasterAsync() != dead, TimeSpan.FromSeconds(30)); // the sentinels' own time
            var over = load.Now;
            await Eventually.Async(() => Task.FromResult(load.AllSince(load.Now - TimeSpan.FromSeconds(1), "200")), Recovery);
            TestContext.Current.SendDiagnosticMessage($"Everybody worked again {load.Now - over} after the fail-over.");
            await dead.RestartAsync(); // empty, and takes itself for a master until the sentinels tell it otherwise
            using var leaver = await lab.SignedInAsync(first);
            Assert.Equal(1, await FailureLab.RevokeAsync(second, leaver));
            await Eventually.Async(redis.IsWholeAsync, TimeSpan.FromSeconds(60));
            Assert.Equal("440", await leaver.PostAsync(10, Cancel));
        }

        await load.StopAsync();
        load.ExpectNoFalseAnswer("503");
        Assert.True(load.People.ContainsKey("503"), "The failure was no failure.");
        Assert.False(hanging.IsCompleted, "The hanging request ended.");
        Assert.Equal(1, await FailureLab.RevokeAsync(second, alice)); // and what ends now is heard everywhere
        await hanging.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    /// <summary>Gateways come up before what they need, as after a power cut.</summary>
    private static async Task StartBeforeTheSentinelsAsync(SentinelRedis redis, params Node[] nodes)
    {
        foreach (var node in nodes) node.Start();
        await Eventually.Async(() => Task.FromResult(nodes.All(node => node.Log.Contains("does not answer", StringComparison.Ordinal))), TimeSpan.FromSeconds(60));
        await redis.StartSentinelsAsync();
        foreach (var node in nodes) await node.ReadyAsync();
        Assert.All(nodes, node => Assert.Contains("answers again", node.Log, StringComparison.Ordinal));
    }
}
