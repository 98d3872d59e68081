using MfaGateway.Benchmarks;

namespace MfaGateway.Tests;

/// <summary>All threads are counted, so no other test may run meanwhile.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
[Collection("alone")]
public sealed class RequestCostTests
{
    /// <summary>Measured: 1,728 in a debug build, whose asynchronous methods cost an object each.</summary>
    private const int Most = 1_800;

    /// <summary>The steps of <see cref="HotPathTests"/>, what lies between them, and what waits for Exchange.</summary>
    [Fact]
    public async Task A_request_allocates_little_more_than_through_YARP_alone()
    {
        var (plain, gateway) = await Allocations.MeasureAsync();

        Assert.InRange(gateway - plain, 0, Most);
    }
}
