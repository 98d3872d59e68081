using MfaGateway.ClusterTests.Setup;

namespace MfaGateway.ClusterTests.Failures;

/// <summary>The clock of one of two gateways jumps by an hour, forwards and back, while people work.</summary>
[Collection(FailureTests.Name)]
public sealed class ClockTests(FailureLab lab) : IAsyncLifetime
{
    private RedisServer? _redis;
    private string _folder = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ClockFile => Path.Combine(_folder, "clock");

    public async ValueTask InitializeAsync()
    {
        _folder = lab.NewFolder("clock");
        _redis = await RedisServer.StartAsync("--aclfile", await FailureLab.WriteRedisUsersAsync(_folder));
    }

    public ValueTask DisposeAsync() => _redis!.DisposeAsync();

    [Fact]
    public async Task A_clock_that_jumps_by_an_hour_signs_nobody_out_and_lets_nobody_in()
    {
        Set("+0");
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

        foreach (var jump in FailureLab.Long ? ["+3600", "-3600", "+0", "-3600", "+3600"] : (string[])["+3600", "-3600"])
        {
            Set(jump);
            await Task.Delay(TimeSpan.FromSeconds(FailureLab.Long ? 70 : 4), Cancel); // longer than what is over is swept away
            using var bob = await lab.SignedInAsync(first); // the provider's tokens are neither old nor of the future
            using var bobElsewhere = bob.Through(second);
            Assert.Equal("200", await bobElsewhere.PostAsync(10, Cancel));
            Assert.Equal(1, await FailureLab.RevokeAsync(second, bob));
            await Task.Delay(1_500, Cancel);
            Assert.Equal("440", await bob.PostAsync(10, Cancel));
        }

        Set("+0");
        await Eventually.Async(() => Task.FromResult(LogLines.Count(first.Log, "agrees with the gateway's time again") > 0));
        await load.StopAsync();
        load.ExpectNoFalseAnswer();
        Assert.Equal((1, 1), (LogLines.Count(first.Log, "clock jumped by"), LogLines.Count(first.Log, "agrees with the gateway's time again")));
    }

    [Fact]
    public async Task A_gateway_that_starts_with_a_wrong_clock_does_not_join()
    {
        Set("+3600");
        await using var node = lab.NewNode(WithOwnClock());

        node.Start();

        await Eventually.Async(() => Task.FromResult(node.ExitCode is not null), TimeSpan.FromSeconds(90)); // at once, or when a busy Redis answers half a minute later
        Assert.Contains("ahead of that of Redis", node.Log, StringComparison.Ordinal);
    }

    /// <summary>A library in the process answers for the system's clock; what has passed is still counted by the system.</summary>
    private Dictionary<string, string> WithOwnClock() => new(lab.Sharing(_redis!.Address))
    {
        ["LD_PRELOAD"] = Directory.GetDirectories("/usr/lib").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).Single(File.Exists),
        ["FAKETIME_TIMESTAMP_FILE"] = ClockFile,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>In one step: the process reads the file whenever it asks for the time.</summary>
    private void Set(string offset)
    {
        File.WriteAllText($"{ClockFile}.new", $"{offset}\n");
        File.Move($"{ClockFile}.new", ClockFile, overwrite: true);
    }
}
