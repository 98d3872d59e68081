using MfaGateway.Fuzz;

namespace MfaGateway.Tests.Fuzz;

/// <summary>A short run of what tests/fuzz/run.sh does for long: every seed, and generated inputs, the same in every build.</summary>
public class FuzzTests
{
    private const int Inputs = 100_000;

    public static TheoryData<string> Names() => [.. Targets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_is_read_is_accepted_or_refused_in_words(string name)
    {
        var session = new FuzzSession(Targets.All.Single(target => target.Name == name), seed: 2025);

        await session.ReplaySeedsAsync();
        var seeds = session.Tried;
        await session.RunAsync((long)(Inputs * session.Target.Share / Targets.All.Sum(target => target.Share)));

        Assert.True(seeds > 0, "there is no seed");
        // inputs of which all or none are accepted would try one half of the reader only
        Assert.InRange(session.Valid, session.Tried / 200, session.Tried * 9 / 10);
        Assert.True(session.Features >= 8, $"only {session.Features} ways through the code were seen");
    }
}
