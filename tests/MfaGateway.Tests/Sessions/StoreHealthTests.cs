using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Sessions;

/// <summary>A store that can be read but not changed, because its disk is full; and one that is away while much is asked of it at once.</summary>
public class StoreHealthTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly KeptLog<SessionRegistry> _log = new();
    private readonly FragileStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_signed_in_goes_on_and_it_is_said_once()
    {
        var (node, handle) = await SignedInAsync();
        _store.Full = true;

        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            var session = await node.FindAsync(handle, Cancel);
            Assert.NotNull(session); // also past the idle time that the store counts
            await node.TouchAsync(session, Cancel);
        }

        Assert.Equal([3001, 3007], _log.Ids);
    }

    [Fact]
    public async Task Its_end_is_noticed_by_the_next_change_and_said_once()
    {
        var (node, handle) = await SignedInAsync();
        _store.Full = true;
        await TouchAsync(node, handle);
        _store.Full = false;

        await TouchAsync(node, handle);
        await TouchAsync(node, handle);

        Assert.Equal([3001, 3007, 3008], _log.Ids);
    }

    [Fact]
    public async Task Its_end_is_noticed_without_a_request()
    {
        var (node, handle) = await SignedInAsync();
        _store.Full = true;
        await TouchAsync(node, handle);
        _store.Full = false;

        await node.TryAgainAsync(Cancel);

        Assert.Equal([3001, 3007, 3008], _log.Ids);
    }

    [Fact]
    public async Task A_store_that_is_away_altogether_is_not_taken_for_a_full_one()
    {
        var (node, handle) = await SignedInAsync();
        var session = await node.FindAsync(handle, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));
        _store.Broken = true;

        await Assert.ThrowsAsync<SessionStoreException>(async () => await node.TouchAsync(session!, Cancel));

        Assert.Equal([3001, 3005], _log.Ids);
    }

    [Fact]
    public async Task A_read_that_failed_before_the_store_came_back_and_is_heard_of_after_it_is_no_second_outage()
    {
        var health = new StoreHealth(_store, _log);
        await FailAsync(health.ReadAsync(Away<int>));
        var late = new TaskCompletionSource<int>();
        var reading = health.ReadAsync(() => late.Task);

        await health.ReadAsync(() => Task.FromResult(1));
        late.SetException(new TimeoutException());
        await FailAsync(reading);

        Assert.Equal([3005, 3006], _log.Ids);
        await FailAsync(health.ReadAsync(Away<int>));
        Assert.Equal([3005, 3006, 3005], _log.Ids); // the next outage is one
    }

    [Fact]
    public async Task An_answer_to_what_was_asked_before_the_outage_is_not_its_end()
    {
        var health = new StoreHealth(_store, _log);
        var late = new TaskCompletionSource<int>();
        var (reading, writing) = (health.ReadAsync(() => late.Task), health.WriteAsync(() => late.Task));
        await FailAsync(health.ReadAsync(Away<int>));

        late.SetResult(1);
        await Task.WhenAll(reading, writing);

        Assert.Equal([3005], _log.Ids);
        Assert.True(await health.AnswersAsync(Cancel));
        Assert.Equal([3005, 3006], _log.Ids);
    }

    [Fact]
    public async Task A_change_that_failed_while_the_store_was_away_does_not_make_it_a_full_one_when_it_is_back()
    {
        var health = new StoreHealth(_store, _log);
        var (before, during) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var begunBefore = health.WriteAsync(() => before.Task);
        await FailAsync(health.ReadAsync(Away<int>));
        var begunDuring = health.WriteAsync(() => during.Task);
        Assert.True(await health.AnswersAsync(Cancel));

        before.SetException(new TimeoutException());
        during.SetException(new TimeoutException());
        await FailAsync(begunBefore);
        await FailAsync(begunDuring);

        Assert.Equal([3005, 3006], _log.Ids);
        Assert.False(health.IsReadOnly);
    }

    [Fact]
    public async Task Many_at_once_say_each_turn_of_the_store_once()
    {
        var health = new StoreHealth(_store, _log);
        for (var outage = 0; outage < 100; outage++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => FailAsync(health.ReadAsync(Away<int>)), Cancel)));
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => health.ReadAsync(() => Task.FromResult(1)), Cancel)));
        }

        Assert.Equal(Enumerable.Repeat<int[]>([3005, 3006], 100).SelectMany(ids => ids), _log.Ids);
    }

    private static async Task<T> Away<T>()
    {
        await Task.Yield();
        throw new TimeoutException("The store does not answer.");
    }

    private static Task FailAsync(Task asking) => Assert.ThrowsAsync<SessionStoreException>(() => asking);

    private async Task<(SessionRegistry Node, SessionHandle Handle)> SignedInAsync()
    {
        var node = new SessionRegistry(_store, Settings.Default, new EphemeralDataProtectionProvider(), _time, _log);
        var (handle, _) = await node.CreateAsync(new GatewaySession { User = "a@contoso.com", Subject = "s", Provider = "adfs", CreatedAt = _time.GetUtcNow() }, Cancel);
        return (node, handle);
    }

    private async Task TouchAsync(SessionRegistry node, SessionHandle handle)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        await node.TouchAsync((await node.FindAsync(handle, Cancel))!, Cancel);
    }
}
