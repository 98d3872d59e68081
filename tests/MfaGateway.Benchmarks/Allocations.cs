using System.Globalization;

namespace MfaGateway.Benchmarks;

/// <summary>Bytes that a request costs, exactly and in seconds: on a machine that is busy no time can be measured, but memory can.</summary>
internal static class Allocations
{
    private const int Requests = 10_000;

    public static async Task PrintAsync()
    {
        var (plain, gateway) = await MeasureAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"plain YARP {plain:N0} B, gateway {gateway:N0} B, difference {gateway - plain:N0} B, ratio {gateway / plain:N2}"));
    }

    /// <summary>Bytes of a request through YARP alone and through the gateway. Counts all threads: nothing else may run meanwhile.</summary>
    public static async Task<(double Plain, double Gateway)> MeasureAsync()
    {
        await using var pipeline = new PipelineBenchmark();
        await pipeline.SetupAsync();
        return (await MeasureAsync(pipeline.PlainYarpAsync), await MeasureAsync(pipeline.GatewayAsync));
    }

    private static async Task<double> MeasureAsync(Func<Task<int>> send)
    {
        for (var warmUp = 0; warmUp < 2_000; warmUp++) await send();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var request = 0; request < Requests; request++) await send();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests;
    }
}
