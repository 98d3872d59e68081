using MfaGateway.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Sessions;

public class SessionRegistryTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly FragileStore _store = new();
    private readonly SessionRegistry _sessions;

    public SessionRegistryTests() => _sessions = Node(_keys);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_found_by_its_handle_and_by_no_other()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);

        Assert.Same(session, await _sessions.FindAsync(handle, Cancel));
        Assert.Null(await _sessions.FindAsync(SessionHandle.Create(), Cancel));
    }

    [Fact]
    public async Task What_was_proven_survives_a_restart()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);

        var found = await Node(_keys).FindAsync(handle, Cancel);

        Assert.NotNull(found);
        Assert.Equivalent(session.Facts, found.Facts, strict: true);
        Assert.Equal((session.Expires, session.LastActive), (found.Expires, found.LastActive));
        Assert.True(found.Subject.Groups.Contains("STAFF"));
    }

    [Fact]
    public async Task A_session_whose_keys_are_out_of_reach_has_not_ended()
    {
        var (handle, _) = await _sessions.CreateAsync(Alice, Cancel);

        await Assert.ThrowsAsync<SessionStoreException>(async () => await Node(new KeysOutOfReach()).FindAsync(handle, Cancel));

        Assert.NotNull(await _sessions.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task The_store_sees_neither_the_handle_nor_the_user_nor_a_claim()
    {
        var (handle, _) = await _sessions.CreateAsync(Alice, Cancel);

        var stored = Assert.Single(_store.Added);

        var seen = $"{stored.Key.Value} {stored.Provider} {stored.ProviderSession} {stored.Subject} {System.Text.Encoding.Latin1.GetString(stored.Payload.Span)}";
        Assert.All([handle.Reveal(), "alice", "Staff", "sid-1", "sub-1"], secret => Assert.DoesNotContain(secret, seen, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(30 * 60, true)]
    [InlineData(30 * 60 + 1, false)]
    public async Task A_session_lasts_as_long_as_somebody_is_active(int idleSeconds, bool alive)
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);
        _time.Advance(TimeSpan.FromMinutes(20));
        await _sessions.TouchAsync(session, Cancel);

        _time.Advance(TimeSpan.FromSeconds(idleSeconds));

        Assert.Equal(alive, await _sessions.FindAsync(handle, Cancel) is not null);
        Assert.Equal(alive, _store.Count == 1);
        Assert.Equal(!alive, session.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task Looking_for_a_session_does_not_keep_it_alive()
    {
        var (handle, _) = await _sessions.CreateAsync(Alice, Cancel);

        for (var minute = 0; minute < 30; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull(await _sessions.FindAsync(handle, Cancel));
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await _sessions.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task No_activity_lengthens_a_session_past_its_absolute_end()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);

        for (var minutes = 0; minutes < 10 * 60 - 1; minutes += 20)
        {
            Assert.NotNull(await _sessions.FindAsync(handle, Cancel));
            await _sessions.TouchAsync(session, Cancel);
            _time.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Null(await _sessions.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task An_end_on_another_node_is_seen_after_a_second()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);
        await Node(_keys).EndAsync(handle.Key(), Cancel);

        _time.Advance(SessionRegistry.VerifyEvery + TimeSpan.FromMilliseconds(1));

        Assert.Null(await _sessions.FindAsync(handle, Cancel));
        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Equal(0, _sessions.Count);
    }

    [Fact]
    public async Task Within_that_second_the_store_is_not_asked()
    {
        var (handle, _) = await _sessions.CreateAsync(Alice, Cancel);
        _store.Broken = true;

        _time.Advance(SessionRegistry.VerifyEvery);

        Assert.NotNull(await _sessions.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task Activity_on_another_node_counts_here()
    {
        var (handle, here) = await _sessions.CreateAsync(Alice, Cancel);
        var elsewhere = Node(_keys);
        var there = await elsewhere.FindAsync(handle, Cancel);
        _time.Advance(TimeSpan.FromMinutes(20));
        await elsewhere.TouchAsync(there!, Cancel);

        _time.Advance(TimeSpan.FromMinutes(20));

        Assert.Same(here, await _sessions.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task A_touch_is_written_once_in_half_a_minute()
    {
        var (_, session) = await _sessions.CreateAsync(Alice, Cancel);

        for (var second = 0; second < 100; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _sessions.TouchAsync(session, Cancel);
        }

        Assert.Equal(3, _store.Touches);
    }

    [Fact]
    public async Task A_touch_of_a_session_that_is_gone_ends_it_here()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);
        await _store.RemoveAsync(handle.Key(), Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));

        await _sessions.TouchAsync(session, Cancel);

        Assert.True(session.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task Ending_a_session_ends_its_running_requests()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);

        Assert.True(await _sessions.EndAsync(session.Key, Cancel));

        Assert.True(session.Ended.IsCancellationRequested);
        Assert.Null(await _sessions.FindAsync(handle, Cancel));
        Assert.False(await _sessions.EndAsync(session.Key, Cancel));
    }

    [Theory]
    [InlineData("sid-1", null)]
    [InlineData(null, "sub-1")]
    [InlineData("sid-1", "sub-1")]
    public async Task A_provider_ends_a_session_by_the_names_in_its_token(string? sid, string? subject)
    {
        var (_, session) = await _sessions.CreateAsync(Alice, Cancel);
        var (other, _) = await _sessions.CreateAsync(Alice with { ProviderSession = "sid-2", Subject = "sub-2" }, Cancel);

        var ended = await _sessions.EndByProviderAsync("adfs", sid, subject, Cancel);

        Assert.Equal(1, ended);
        Assert.True(session.Ended.IsCancellationRequested);
        Assert.NotNull(await _sessions.FindAsync(other, Cancel));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_an_error_and_never_no_session()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));
        _store.Broken = true;

        await Assert.ThrowsAsync<SessionStoreException>(async () => await _sessions.FindAsync(handle, Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(async () => await _sessions.FindAsync(SessionHandle.Create(), Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(async () => await _sessions.TouchAsync(session, Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(() => _sessions.CreateAsync(Alice, Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(() => _sessions.EndAsync(session.Key, Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(() => _sessions.EndByProviderAsync("adfs", "x", null, Cancel));
        await Assert.ThrowsAsync<SessionStoreException>(() => _sessions.PurgeAsync(Cancel));
        Assert.False(await _sessions.AnswersAsync(Cancel));
        Assert.False(session.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_store_that_answers_again_has_lost_nobody()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice, Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));
        _store.Broken = true;
        await Assert.ThrowsAsync<SessionStoreException>(async () => await _sessions.FindAsync(handle, Cancel));

        _store.Broken = false;

        Assert.Same(session, await _sessions.FindAsync(handle, Cancel));
        Assert.True(await _sessions.AnswersAsync(Cancel));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_no_failure_of_the_store()
    {
        _store.Cancelled = true;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _sessions.FindAsync(SessionHandle.Create(), Cancel));
    }

    [Fact]
    public async Task A_session_whose_keys_are_gone_is_no_session()
    {
        var (handle, _) = await _sessions.CreateAsync(Alice, Cancel);

        Assert.Null(await Node(new EphemeralDataProtectionProvider()).FindAsync(handle, Cancel));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"User\":1}")]
    public async Task A_payload_that_is_no_session_is_no_session(string json)
    {
        var handle = SessionHandle.Create();
        var payload = _keys.CreateProtector("MfaGateway.Session.v1").Protect(System.Text.Encoding.UTF8.GetBytes(json));
        await _store.AddAsync(new StoredSession(handle.Key(), payload, "adfs", null, null, _time.GetUtcNow(), _time.GetUtcNow().AddHours(1)), Cancel);

        Assert.Null(await _sessions.FindAsync(handle, Cancel));
    }

    [Fact]
    public async Task A_satisfied_policy_forgets_what_was_asked_for_on_every_node()
    {
        var (handle, session) = await _sessions.CreateAsync(Alice with { Asked = new SignInAsk { Mfa = true } }, Cancel);

        await _sessions.SatisfiedAsync(session, Cancel);

        Assert.Null(session.Facts.Asked);
        Assert.Null((await Node(_keys).FindAsync(handle, Cancel))!.Facts.Asked);
    }

    [Fact]
    public async Task The_sweep_takes_what_is_over_and_leaves_the_rest()
    {
        var (_, old) = await _sessions.CreateAsync(Alice, Cancel);
        _time.Advance(TimeSpan.FromMinutes(25));
        var (young, _) = await _sessions.CreateAsync(Alice, Cancel);
        _time.Advance(TimeSpan.FromMinutes(10));

        await _sessions.PurgeAsync(Cancel);

        Assert.True(old.Ended.IsCancellationRequested);
        Assert.Equal((1, 1), (_sessions.Count, _store.Count));
        Assert.NotNull(await _sessions.FindAsync(young, Cancel));
    }

    [Fact]
    public async Task Who_works_at_another_node_keeps_the_notifications_that_wait_here()
    {
        var (handle, here) = await _sessions.CreateAsync(Alice, Cancel);
        var elsewhere = Node(_keys);
        var there = await elsewhere.FindAsync(handle, Cancel);

        for (var n = 0; n < 5; n++)
        {
            _time.Advance(TimeSpan.FromMinutes(20));
            await elsewhere.TouchAsync(there!, Cancel);
            await _sessions.EndOverdueAsync(Cancel);
            await _sessions.PurgeAsync(Cancel);
        }

        Assert.False(here.Ended.IsCancellationRequested);
        Assert.NotNull(await elsewhere.FindAsync(handle, Cancel));
        _time.Advance(TimeSpan.FromMinutes(31));
        await _sessions.EndOverdueAsync(Cancel);
        Assert.True(here.Ended.IsCancellationRequested);
    }

    [Fact]
    public void Printing_a_session_shows_no_claim_and_no_token() =>
        Assert.Equal("alice@contoso.com at adfs", (Alice with { IdTokenHint = "eyJ.secret" }).ToString());

    private GatewaySession Alice => new()
    {
        User = "alice@contoso.com",
        Subject = "sub-1",
        Provider = "adfs",
        ProviderSession = "sid-1",
        Groups = ["Staff"],
        Methods = ["pwd", "otp", "mfa"],
        Claims = new Dictionary<string, IReadOnlyList<string>> { ["dept"] = ["Finance", "Legal"] },
        Mfa = true,
        MfaAt = _time.GetUtcNow(),
        DeviceManaged = true,
        CreatedAt = _time.GetUtcNow(),
    };

    private SessionRegistry Node(IDataProtectionProvider keys) => new(_store, Settings.Default, keys, _time, NullLogger<SessionRegistry>.Instance);
}
