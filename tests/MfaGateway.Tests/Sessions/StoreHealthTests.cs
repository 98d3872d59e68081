using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Sessions;

/// <summary>A store that can be read but not changed: its disk is full.</summary>
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
