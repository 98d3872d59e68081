using System.Collections.Concurrent;

namespace MfaGateway.ClusterTests.Setup;

/// <summary>People who work without a pause until told to stop; every answer is checked and counted.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly MailUser[] _users;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public Load(MailUser[] users)
    {
        _users = users;
        _work = Task.WhenAll(users.Select(user => Task.Run(() => WorkAsync(user))));
    }

    public ConcurrentDictionary<string, int> Answers { get; } = new(StringComparer.Ordinal);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    public int Count(string answer) => Answers.GetValueOrDefault(answer);

    /// <summary>How often each answer came, for messages.</summary>
    public override string ToString() => string.Join('\n', Answers.Select(answer => $"{answer.Value} x {answer.Key}"));

    public async Task ExpectNothingButSuccessAsync(int atLeast)
    {
        await StopAsync();
        Assert.True(Answers is { Count: 1 } && Count("200") >= atLeast, ToString());
    }

    /// <summary>Stops, and makes sure that nobody got another answer than these; a broken connection counts as <c>broken</c>.</summary>
    public async Task ExpectOnlyAsync(params string[] allowed)
    {
        await StopAsync();
        Assert.True(Answers.Keys.All(answer => allowed.Contains(answer.Split(':')[0])), ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        foreach (var user in _users) user.Dispose();
    }

    private async Task WorkAsync(MailUser user)
    {
        for (var bytes = 100; !_stop.IsCancellationRequested; bytes = (bytes * 7 % 20_000) + 1) Answers.AddOrUpdate(await user.PostAsync(bytes), 1, (_, count) => count + 1);
    }
}
