using System.Diagnostics;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>Waits for what other processes do in their own time.</summary>
internal static class Eventually
{
    /// <summary>Waits for an answer, and says what came instead.</summary>
    public static async Task EqualAsync(string expected, Func<Task<string>> answer, TimeSpan? within = null)
    {
        var seen = new List<string>();
        try
        {
            await Async(
                async () =>
                {
                    var now = await answer();
                    if (seen.LastOrDefault() != now) seen.Add(now);
                    return now == expected;
                },
                within);
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"Instead of {expected} came, one after another: {string.Join(" | ", seen)}");
        }
    }

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
