using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>The Redis of two gateways is cut off from them, and loses everything.</summary>
[Collection(FailureTests.Name)]
public sealed class SharedRedisTests(FailureLab lab, TwoGateways estate) : IClassFixture<TwoGateways>
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redis_that_is_cut_off_without_a_word_and_then_with_one_is_503_and_one_line()
    {
        var (first, second) = (estate.First, estate.Second);
        using var alice = await lab.SignedInAsync(first);
        using var aliceElsewhere = alice.Through(second);
        using var stranger = lab.NewUser(first);
        using var ended = await lab.SignedInAsync(first);
        await FailureLab.RevokeAsync(first, ended);
        using var endedElsewhere = ended.Through(second);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = alice.HangAsync(begun, Cancel);
        await begun.Task;
        var before = estate.Nodes.Select(node => node.Log.Length).ToList();
        await using var load = new GuardedLoad([alice, aliceElsewhere], [ended, endedElsewhere, stranger]);
        await Task.Delay(500, Cancel);

        estate.Network.FallSilent();
        await Eventually.EqualAsync("503", () => alice.PostAsync(10, Cancel));
        await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 60 : 4), Cancel);
        estate.Network.Break();
        await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 60 : 2), Cancel);
        Assert.Equal("503", await aliceElsewhere.PostAsync(10, Cancel));
        estate.Network.Mend();

        await Eventually.Async(() => Task.FromResult(load.AllSince(load.Now - TimeSpan.FromSeconds(1), "200")), Recovery);
        await load.StopAsync();
        load.ExpectNoFalseAnswer("503");
        Assert.False(hanging.IsCompleted, "The hanging request ended.");
        for (var n = 0; n < 2; n++)
        {
            var said = estate.Nodes[n].Log[before[n]..];
            Assert.Equal((1, 1), (LogLines.Count(said, "The session store does not answer"), LogLines.Count(said, "The session store answers again")));
            Assert.Equal(1, LogLines.Problems(said));
        }

        await FailureLab.RevokeAsync(second, alice);
        await hanging.WaitAsync(Recovery, Cancel);
    }

    [Fact]
    public async Task A_redis_that_was_emptied_costs_a_sign_in_and_the_gateways_go_on_understanding_each_other()
    {
        var (first, second) = (estate.First, estate.Second);
        using var alice = await lab.SignedInAsync(first);
        using var stranger = lab.NewUser(first);
        await using var load = new GuardedLoad([], [stranger]);

        // a gateway that starts at the worst moment: Redis is empty and nobody who knows the keys can put them back
        await estate.FreezeAsync(true);
        await estate.EmptyRedisAsync();
        await using var third = lab.NewNode(lab.Sharing(estate.Network.Address));
        third.Start();
        await Eventually.Async(async () => await estate.KeysInRedisAsync() > 0, TimeSpan.FromSeconds(60));
        await estate.FreezeAsync(false);
        await third.ReadyAsync();

        await Eventually.EqualAsync("440", () => alice.PostAsync(10, Cancel));
        await Eventually.Async(async () => await estate.KeysInRedisAsync() == 2, Recovery);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel); // every gateway has looked once more
        Node[] all = [first, second, third];
        foreach (var node in all)
        {
            using var person = await lab.SignedInAsync(node);
            foreach (var other in all)
            {
                using var there = person.Through(other);
                Assert.Equal("200", await there.PostAsync(10, Cancel));
            }
        }

        await load.StopAsync();
        Assert.False(load.Outsiders.ContainsKey("200"));
        Assert.All(all, node => Assert.DoesNotContain("cannot be read", node.Log, StringComparison.Ordinal));
        Assert.Equal(1, estate.Nodes.Sum(node => LogLines.Count(node.Log, "were put back"))); // who comes first does it
    }

    [Fact]
    public async Task Somebody_who_writes_into_redis_cannot_add_a_key_of_his_own()
    {
        using var before = await lab.SignedInAsync(estate.First);

        await estate.AddForeignKeyAsync();
        await Eventually.Async(() => Task.FromResult(estate.Nodes.All(node => LogLines.Count(node.Log, "no certificate of this gateway signed it") == 1)), Recovery);

        using var after = await lab.SignedInAsync(estate.Second);
        using var elsewhere = after.Through(estate.First);
        Assert.Equal("200", await elsewhere.PostAsync(10, Cancel));
        Assert.Equal("200", await before.PostAsync(10, Cancel));
    }
}
