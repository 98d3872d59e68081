using System.Diagnostics;
using MfaGateway.ClusterTests.Setup;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.ClusterTests.Recheck;

/// <summary>Three gateways that ask about people twice a minute, and a provider whose refresh tokens work once: who shows one again loses them all.
/// In one collection with the tests of the other cluster, which stands still meanwhile.</summary>
[Collection(Setup.Cluster.Name)]
public sealed class RecheckClusterTests(RecheckCluster estate) : IClassFixture<RecheckCluster>
{
    private Cluster Cluster => estate.Cluster;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_requests_at_the_same_moment_are_one_question_and_nobody_is_signed_out()
    {
        using var alice = await Cluster.SignedInAsync();
        var signedIn = Stopwatch.StartNew();
        var ways = Cluster.Nodes.Select(alice.Through).ToList();
        await RequestsAsync([alice, .. ways], 1_000); // connections are made before it is time
        Assert.True(signedIn.Elapsed < RecheckCluster.Every, "This machine is too slow for the test to mean anything.");
        var before = Cluster.Tokens.Counts;

        await Task.Delay(RecheckCluster.Every - signedIn.Elapsed + TimeSpan.FromSeconds(1), Cancel);
        var answers = await RequestsAsync([alice, .. ways], 1_000);

        Assert.Equal("1000 x 200", string.Join(", ", answers));
        Assert.Equal(before with { Refreshes = before.Refreshes + 1 }, Cluster.Tokens.Counts);
        ways.ForEach(way => way.Dispose());
    }

    [Fact]
    public async Task A_gateway_that_is_killed_while_the_provider_holds_its_answer_costs_nobody_the_session()
    {
        using var alice = await Cluster.SignedInAsync();
        using var second = alice.Through(Cluster.Nodes[1]);
        using var third = alice.Through(Cluster.Nodes[2]);
        var before = Cluster.Tokens.Counts;
        await Task.Delay(RecheckCluster.Every + TimeSpan.FromSeconds(1), Cancel);

        await DieWithTheAnswerAsync(Cluster.Nodes[0], alice);
        try
        {
            Assert.Equal(before.Refreshes + 1, Cluster.Tokens.Counts.Refreshes);
            var answers = await RequestsAsync([second, third], 1_000); // while the dead one's claim still stands
            await Eventually.Async(
                async () =>
                {
                    answers = [.. answers, .. await RequestsAsync([second, third], 10)];
                    return Cluster.Tokens.Counts.Refreshes == before.Refreshes + 2; // with the token that is used up
                },
                within: TimeSpan.FromMinutes(2));
            answers = [.. answers, .. await RequestsAsync([second, third], 1_000)];

            Assert.All(answers, answer => Assert.EndsWith(" x 200", answer, StringComparison.Ordinal));
            Assert.True(await second.ReloadAsync(), "The page asked for a password.");
            Assert.Equal(before with { Codes = before.Codes + 1, Refreshes = before.Refreshes + 2 }, Cluster.Tokens.Counts);
            Assert.Equal("200", await third.PostAsync(10, Cancel));
        }
        finally
        {
            await Cluster.Nodes[0].StartAsync();
        }
    }

    [Fact]
    public async Task A_disabled_user_is_out_on_every_gateway()
    {
        using var alice = await Cluster.SignedInAsync();
        List<MailUser> ways = [.. Cluster.Nodes.Select(alice.Through)];
        Assert.True(Cluster.Users.Change(alice.Name, user => user with { Disabled = true }));
        await Task.Delay(RecheckCluster.Every + TimeSpan.FromSeconds(1), Cancel);

        var answers = await RequestsAsync(ways, 100);

        Assert.Equal("100 x 440", string.Join(", ", answers));
        Assert.False(await alice.ReloadAsync());
        ways.ForEach(way => way.Dispose());
    }

    /// <summary>A gateway asks, the provider uses the token up, and the gateway is killed before the answer comes.</summary>
    private async Task DieWithTheAnswerAsync(Node node, MailUser user)
    {
        using var way = user.Through(node);
        Cluster.Tokens.Current = Cluster.Tokens.Current with { HoldMs = 600_000 };
        try
        {
            Assert.Equal("200", await way.PostAsync(10, Cancel)); // the request does not wait long for the provider
        }
        finally
        {
            Cluster.Tokens.Current = Cluster.Tokens.Current with { HoldMs = 0 };
            await node.KillAsync();
        }
    }

    /// <summary>So many at once, over all these ways; what came, counted.</summary>
    private static async Task<string[]> RequestsAsync(IReadOnlyList<MailUser> ways, int count)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(n => Task.Run(() => ways[n % ways.Count].PostAsync(1 + n, Cancel), Cancel)));
        return [.. answers.GroupBy(answer => answer).Select(answer => $"{answer.Count()} x {answer.Key}")];
    }
}

/// <summary>A cluster that asks about people again.</summary>
public sealed class RecheckCluster : IAsyncLifetime
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    internal Cluster Cluster { get; } = new(new Dictionary<string, string>
    {
        ["Gateway__Sessions__Recheck__Every"] = Every.ToString("c"),
        ["Gateway__Limits__ProviderTimeout"] = "00:00:15",
    });

    public async ValueTask InitializeAsync()
    {
        await Cluster.InitializeAsync();
        Cluster.Tokens.Current = new TokenBehaviour { OneUseRefreshTokens = true };
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
