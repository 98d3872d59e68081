using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>The clock of one of two gateways jumps by an hour, forwards and back, while people work.</summary>
[Collection(FailureTests.Name)]
public sealed class ClockTests(FailureLab lab) : IAsyncLifetime
{
    private RedisServer? _redis;
    private MovableClock? _clock;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var folder = lab.NewFolder("clock");
        _clock = await MovableClock.CreateAsync(folder);
        _redis = await RedisServer.StartAsync("--aclfile", await FailureLab.WriteRedisUsersAsync(folder));
    }

    public ValueTask DisposeAsync()
    {
        _clock!.Dispose();
        return _redis!.DisposeAsync();
    }

    [Fact]
    public async Task A_clock_that_jumps_by_an_hour_signs_nobody_out_and_lets_nobody_in()
    {
        await using var first = lab.NewNode(WithOwnClock());
        await using var second = lab.NewNode(lab.Sharing(_redis!.Address));
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        using var alice = await lab.SignedInAsync(first);
        using var aliceElsewhere = alice.Through(second);
        using var ended = await lab.SignedInAsync(second);
        using var endedThere = ended.Through(first);
        using var stranger = lab.NewUser(first);
        await FailureLab.RevokeAsync(second, ended);
        await Task.Delay(1_000, Cancel);
        await using var load = new GuardedLoad([alice, aliceElsewhere], [ended, endedThere, stranger]);

        foreach (var jump in FailureLab.Long ? [3_600, -3_600, 0, -3_600, 3_600] : (int[])[3_600, -3_600])
        {
            _clock!.Offset = jump;
            await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 70 : 4), Cancel); // longer than what is over is swept away
            using var bob = await lab.SignedInAsync(first); // the provider's tokens are neither old nor of the future
            using var bobElsewhere = bob.Through(second);
            Assert.Equal("200", await bobElsewhere.PostAsync(10, Cancel));
            Assert.Equal(1, await FailureLab.RevokeAsync(second, bob));
            await Task.Delay(1_500, Cancel);
            Assert.Equal("440", await bob.PostAsync(10, Cancel));
        }

        _clock!.Offset = 0;
        await Eventually.Async(() => Task.FromResult(LogLines.Count(first.Log, "agrees with the gateway's time again") > 0));
        await load.StopAsync();
        load.ExpectNoFalseAnswer();
        Assert.Equal((1, 1), (LogLines.Count(first.Log, "clock jumped by"), LogLines.Count(first.Log, "agrees with the gateway's time again")));
    }

    [Fact]
    public async Task A_gateway_that_starts_with_a_wrong_clock_does_not_join()
    {
        _clock!.Offset = 3_600;
        await using var node = lab.NewNode(WithOwnClock());

        node.Start();

        await Eventually.Async(() => Task.FromResult(node.ExitCode is not null), TimeSpan.FromSeconds(90)); // at once, or when a busy Redis answers half a minute later
        Assert.Contains("ahead of that of Redis", node.Log, StringComparison.Ordinal);
    }

    private Dictionary<string, string> WithOwnClock() => new(lab.Sharing(_redis!.Address).Concat(_clock!.Environment));
}
