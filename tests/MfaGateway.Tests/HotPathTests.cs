using MfaGateway.Benchmarks;

namespace MfaGateway.Tests;

/// <summary>What each step of a request may allocate: what it must, and not an object more. The same steps are timed by the benchmarks.</summary>
public sealed class HotPathTests
{
    private const int Rounds = 1_000;

    private static readonly CanonicalTargetBenchmark Target = new();
    private static readonly ShieldRulesBenchmark Shield = new();
    private static readonly HeaderTransformsBenchmark Headers = new();

    [Fact]
    public void A_target_costs_itself_its_path_and_its_query()
    {
        AssertAllocates(200, () => Target.SmallGet());
        AssertAllocates(184, () => Target.ScriptCall());
        AssertAllocates(280, () => Target.Escaped());
    }

    [Fact]
    public void An_ordinary_request_costs_nothing_in_the_shield()
    {
        AssertAllocates(0, () => Shield.SmallGet());
        AssertAllocates(0, () => Shield.ScriptCall());
        AssertAllocates(0, () => Shield.Escaped());
    }

    [Fact]
    public void A_session_in_the_cache_costs_its_handle_and_its_key_once_for_a_connection()
    {
        var sessions = new SessionLookupBenchmark();

        Assert.True(sessions.FindFirst() && sessions.Find());
        AssertAllocates(376, () => sessions.FindFirst());
        AssertAllocates(112, () => sessions.Find()); // an asynchronous method of a debug build
    }

    [Fact]
    public void Counting_a_request_costs_what_the_limiters_cost()
    {
        using var limits = new RequestLimitsBenchmark();

        Assert.True(limits.SignedIn() && limits.Stranger());
        AssertAllocates(240, () => limits.SignedIn());
        AssertAllocates(40, () => limits.Stranger());
    }

    [Fact]
    public void Headers_cost_the_request_that_they_go_into_and_its_cookies()
    {
        AssertAllocates(1424, () => Headers.SmallGet());
        AssertAllocates(1960, () => Headers.ScriptCall());
        AssertAllocates(0, () => Headers.Answer());
    }

    [Fact]
    public async Task An_audit_line_costs_its_fields_and_its_bytes()
    {
        await using var line = new AuditLineBenchmark();

        AssertAllocates(3072, () => line.Build());
        AssertAllocates(1264, () => line.Serialise());
        AssertAllocates(248, () => line.Reference());
    }

    /// <param name="bytes">Of each call; measured. A collection that other tests cause adds a few to all calls together, and no object is smaller than 24.</param>
    /// <param name="step">What is called.</param>
    private static void AssertAllocates(int bytes, Action step)
    {
        for (var warmUp = 0; warmUp < 200; warmUp++) step();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++) step();
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        Assert.InRange(each, 0, bytes + 23);
    }
}
