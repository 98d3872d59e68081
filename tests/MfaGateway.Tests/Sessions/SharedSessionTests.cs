using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Sessions;

/// <summary>Two nodes and the store that they share.</summary>
public class SharedSessionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly Lines _log = new();
    private readonly FragileStore _store = new() { IsShared = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_announced_end_ends_running_requests_at_once()
    {
        var (node, session, _) = await OpenAsync();

        _store.Ended(session.Key);

        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Equal(0, node.Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)] // nobody waits: the next request asks
    public async Task An_end_whose_announcement_was_lost_is_found_for_running_requests(bool running, bool ended)
    {
        var (node, session, _) = await OpenAsync();
        if (running) session.RequestBegins();
        await _store.RemoveAsync(session.Key, Cancel);

        _time.Advance(SessionRegistry.VerifyEvery + TimeSpan.FromMilliseconds(1));
        await node.VerifyRunningAsync(Cancel);

        Assert.Equal(ended, session.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_request_that_has_ended_is_not_running()
    {
        var (node, session, _) = await OpenAsync();
        session.RequestBegins();
        session.RequestEnds();
        await _store.RemoveAsync(session.Key, Cancel);

        _time.Advance(TimeSpan.FromMinutes(1));
        await node.VerifyRunningAsync(Cancel);

        Assert.False(session.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_store_that_is_away_ends_no_running_request()
    {
        var (node, session, _) = await OpenAsync();
        session.RequestBegins();
        _store.Broken = true;

        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<SessionStoreException>(() => node.VerifyRunningAsync(Cancel));

        Assert.False(session.Ended.IsCancellationRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ended_session_that_a_copy_of_the_store_brings_back_stays_ended(bool endedHere)
    {
        var (node, session, handle) = await OpenAsync();
        var copy = Assert.Single(_store.Added);
        if (endedHere) await node.EndAsync(session.Key, Cancel);
        else _store.Ended(session.Key);
        await _store.RemoveAsync(session.Key, Cancel);

        await _store.AddAsync(copy, Cancel); // what the copy had not yet heard of

        Assert.Null(await node.FindAsync(handle, Cancel));
        Assert.Null(await _store.FindAsync(session.Key, Cancel));
    }

    [Fact]
    public async Task Nodes_that_change_the_facts_at_the_same_time_lose_none_of_their_changes()
    {
        var nodes = Enumerable.Range(0, 3).Select(_ => Node()).ToList();
        var (handle, session) = await nodes[0].CreateAsync(Alice(0), Cancel);
        var sessions = new List<LiveSession>();
        foreach (var node in nodes) sessions.Add((await node.FindAsync(handle, Cancel))!);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(n => Task.Run(
            () => nodes[n % 3].ChangeAsync(sessions[n % 3], facts => facts with { Groups = [.. facts.Groups, $"g{n}"] }, Cancel), Cancel)));

        await nodes[0].RereadAsync(session, Cancel);
        Assert.Equal(60, session.Facts.Groups.Distinct().Count());
        Assert.True(session.Subject.Groups.Contains("g59"));
    }

    [Fact]
    public async Task Changed_facts_arrive_on_the_other_nodes_within_a_second()
    {
        var (here, there) = (Node(), Node());
        var (handle, session) = await here.CreateAsync(Alice(0), Cancel);
        var copy = (await there.FindAsync(handle, Cancel))!;
        await here.ChangeAsync(session, _ => Alice(5), Cancel);

        _time.Advance(SessionRegistry.VerifyEvery + TimeSpan.FromMilliseconds(1));

        Assert.Same(copy, await there.FindAsync(handle, Cancel));
        Assert.Equal(["g5"], copy.Facts.Groups);
        Assert.True(copy.Subject.Groups.Contains("g5"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_ends_while_its_facts_change_stays_ended(bool endedHere)
    {
        var (here, there) = (Node(), Node());
        var (handle, session) = await here.CreateAsync(Alice(0), Cancel);

        var changed = await here.ChangeAsync(
            session,
            facts =>
            {
                Assert.True((endedHere ? here : there).EndAsync(session.Key, Cancel).IsCompletedSuccessfully);
                return facts with { Groups = ["back"] };
            },
            Cancel);

        Assert.Null(changed);
        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Null(await there.FindAsync(handle, Cancel));
        Assert.Null(await _store.FindAsync(session.Key, Cancel));
    }

    [Fact]
    public async Task What_a_slow_reader_brings_does_not_replace_later_facts()
    {
        var (_, session, _) = await OpenAsync();
        session.Take(Alice(5), default);

        session.Take(Alice(4), default);

        Assert.Equal(["g5"], session.Facts.Groups);
    }

    [Fact]
    public async Task Made_up_handles_leave_nothing_behind()
    {
        var (node, _, _) = await OpenAsync();
        var made = SessionHandle.Create();
        Assert.Null(await node.FindAsync(made, Cancel));
        var copy = Assert.Single(_store.Added);

        await _store.AddAsync(copy with { Key = made.Key() }, Cancel);

        Assert.NotNull(await node.FindAsync(made, Cancel)); // it was not remembered as ended
    }

    [Fact]
    public async Task A_store_that_goes_and_comes_back_is_one_line_each_in_the_log()
    {
        var (node, _, _) = await OpenAsync();
        _log.Clear();

        _store.Broken = true;
        for (var n = 0; n < 5; n++) await Assert.ThrowsAsync<SessionStoreException>(async () => await node.FindAsync(SessionHandle.Create(), Cancel));
        _store.Broken = false;
        for (var n = 0; n < 5; n++) await node.FindAsync(SessionHandle.Create(), Cancel);

        Assert.Equal([(LogLevel.Error, 3005), (LogLevel.Information, 3006)], _log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_gateway_starts_without_its_store_and_opens_it_when_it_comes(bool shared)
    {
        (_store.IsShared, _store.Broken) = (shared, true);
        var node = Node();
        using var sweeper = new SessionSweeper(node, _time);
        await sweeper.StartAsync(Cancel);

        _store.Broken = false;
        for (var second = 0; second < 40 && _store.Watchers == 0; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, Cancel); // the sweeper works on a thread of its own
        }

        Assert.Equal(1, _store.Watchers);
        await sweeper.StopAsync(Cancel);
    }

    private async Task<(SessionRegistry Node, LiveSession Session, SessionHandle Handle)> OpenAsync()
    {
        var node = Node();
        await node.OpenAsync(Cancel);
        var (handle, session) = await node.CreateAsync(
            new GatewaySession { User = "alice@contoso.com", Subject = "sub-1", Provider = "adfs", CreatedAt = _time.GetUtcNow() }, Cancel);
        return (node, session, handle);
    }

    /// <summary>As the provider described her so many minutes after the sign-in.</summary>
    private GatewaySession Alice(int minutes) => new()
    {
        User = "alice@contoso.com", Subject = "sub-1", Provider = "adfs", Groups = [$"g{minutes}"], CreatedAt = _time.Start,
        Recheck = new RecheckState { ConfirmedAt = _time.Start.AddMinutes(minutes), RefreshToken = "token", Nonce = "nonce" },
    };

    private SessionRegistry Node() => new(_store, Settings.Default, _keys, _time, _log);

    private sealed class Lines : List<(LogLevel Level, int Id)>, ILogger<SessionRegistry>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add((logLevel, eventId.Id));
    }
}
