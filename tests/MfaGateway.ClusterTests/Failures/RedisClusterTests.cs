using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>Two gateways over a Redis Cluster, with the rights that <c>deploy/</c> gives them.</summary>
[Collection(FailureTests.Name)]
public sealed class RedisClusterTests(FailureLab lab, RedisCluster redis) : IClassFixture<RedisCluster>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateways_over_a_redis_cluster_share_sessions_and_their_ends()
    {
        var sharing = lab.Sharing(redis.Connection);
        await using var first = lab.NewNode(sharing);
        await using var second = lab.NewNode(sharing);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        using var alice = await lab.SignedInAsync(first);
        using var aliceElsewhere = alice.Through(second);
        Assert.Equal("200", await aliceElsewhere.PostAsync(10, Cancel));
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = aliceElsewhere.HangAsync(begun, Cancel);
        await begun.Task;

        Assert.Equal(1, await FailureLab.RevokeAsync(first, alice));

        await hanging.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal("440", await aliceElsewhere.PostAsync(10, Cancel));
        Assert.DoesNotContain(" ERR] ", first.Log + second.Log, StringComparison.Ordinal);
    }
}
