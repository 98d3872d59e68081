namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>Asks again until something holds. Tests wait for facts, never for time.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="what">What the failure says did not come about.</param>
    /// <param name="holds">Asked about ten times a second.</param>
    public static async Task MeetAsync(string what, Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Not within {Patience.TotalSeconds} seconds: {what}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
