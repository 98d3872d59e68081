using System.Collections.Concurrent;
using System.Diagnostics;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>
/// People who work without a pause, and beside them those who must never get in: strangers without a session and people whose session has ended. Every answer
/// is checked by its content and counted.
/// </summary>
internal sealed class GuardedLoad : IAsyncDisposable
{
    private static readonly string[] _signedOut = ["440", "401", "302", "403"];

    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentQueue<(TimeSpan At, string Answer)> _timeline = new();
    private readonly Task _work;

    public GuardedLoad(IEnumerable<MailUser> people, IEnumerable<MailUser> outsiders) => _work = Task.WhenAll(
        [.. people.Select(user => Task.Run(() => WorkAsync(user, People, pause: 0))), .. outsiders.Select(user => Task.Run(() => WorkAsync(user, Outsiders, pause: 20)))]);

    /// <summary>How often signed-in people got which answer.</summary>
    public ConcurrentDictionary<string, int> People { get; } = new(StringComparer.Ordinal);

    /// <summary>How often people who must not get in got which answer.</summary>
    public ConcurrentDictionary<string, int> Outsiders { get; } = new(StringComparer.Ordinal);

    /// <summary>When, since the load began, anybody last got this answer.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>Whether since then signed-in people got nothing but this.</summary>
    public bool AllSince(TimeSpan since, string answer) => _timeline.Where(entry => entry.At > since).Select(entry => entry.Answer).ToList() is { Count: > 3 } all && all.TrueForAll(one => one == answer);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    /// <summary>Nobody came in who must not; nobody who was in was sent away; what else went wrong is one of these answers.</summary>
    public void ExpectNoFalseAnswer(params string[] allowed)
    {
        var story = $"People: {Told(People)}\nOutsiders: {Told(Outsiders)}";
        Assert.False(Outsiders.ContainsKey("200"), $"Somebody was let in. {story}");
        Assert.False(Outsiders.IsEmpty, "Nobody tried to get in.");
        Assert.False(People.Keys.Any(answer => _signedOut.Contains(answer)), $"Somebody was signed out. {story}");
        Assert.True(People.GetValueOrDefault("200") > 20, $"Hardly anybody worked. {story}");
        var other = People.Keys.Where(answer => answer != "200" && !allowed.Any(word => answer.StartsWith(word, StringComparison.Ordinal)));
        Assert.True(!other.Any(), $"Another answer than was agreed. {story}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private static string Told(ConcurrentDictionary<string, int> answers) => string.Join(", ", answers.Select(answer => $"{answer.Value} x {answer.Key}"));

    private async Task WorkAsync(MailUser user, ConcurrentDictionary<string, int> answers, int pause)
    {
        for (var bytes = 100; !_stop.IsCancellationRequested; bytes = (bytes * 7 % 20_000) + 1)
        {
            var answer = await user.PostAsync(bytes);
            answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
            if (answers == People) _timeline.Enqueue((_clock.Elapsed, answer));
            if (pause > 0 || answer != "200") await Task.Delay(Math.Max(pause, 10)); // a refusal costs nothing, and a browser does not ask again at once
        }
    }
}
