using System.Diagnostics;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>Waits for what other processes do in their own time.</summary>
internal static class Eventually
{
    public static async Task Async(Func<Task<bool>> holds, TimeSpan? within = null)
    {
        var (waited, patience) = (Stopwatch.StartNew(), within ?? TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                if (await holds()) return;
                Assert.True(waited.Elapsed < patience, $"It did not come about within {patience.TotalSeconds} seconds.");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException && waited.Elapsed < patience)
            {
                // not yet
            }

            await Task.Delay(50);
        }
    }
}
