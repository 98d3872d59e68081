using System.Globalization;
using MfaGateway.Sessions;

namespace MfaGateway.Tests.Sessions;

/// <summary>What every session store promises, whatever it keeps sessions in.</summary>
public abstract class SessionStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private ISessionStore? _store;

    private protected abstract ISessionStore Create();

    private ISessionStore Store => _store!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        _store = Create();
        await _store.OpenAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        (_store as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_added_is_found_as_it_was()
    {
        var session = Session("a") with { ProviderSession = "sid", Subject = "sub", LastActive = Now, Expires = Now.AddHours(10) };

        await Store.AddAsync(session, Cancel);

        var found = await Store.FindAsync(session.Key, Cancel);
        Assert.NotNull(found);
        Assert.Equal(session.Payload.ToArray(), found.Payload.ToArray());
        Assert.Equal(session with { Payload = default }, found with { Payload = default });
    }

    [Fact]
    public async Task A_session_may_lack_the_provider_s_own_names()
    {
        var session = Session("a") with { ProviderSession = null, Subject = null };

        await Store.AddAsync(session, Cancel);

        var found = await Store.FindAsync(session.Key, Cancel);
        Assert.Equal((null, null), (found?.ProviderSession, found?.Subject));
    }

    [Fact]
    public async Task Nobody_is_found_under_a_key_that_was_never_added()
    {
        await Store.AddAsync(Session("a"), Cancel);

        Assert.Null(await Store.FindAsync(new SessionKey("b"), Cancel));
        Assert.Null(await Store.FindAsync(new SessionKey("A"), Cancel));
        Assert.Null(await Store.FindAsync(new SessionKey("' OR 1=1 --"), Cancel));
    }

    [Fact]
    public async Task Opening_again_keeps_what_is_there()
    {
        await Store.AddAsync(Session("a"), Cancel);

        await Store.OpenAsync(Cancel);

        Assert.NotNull(await Store.FindAsync(new SessionKey("a"), Cancel));
    }

    [Fact]
    public async Task A_touch_moves_the_last_activity_and_nothing_else()
    {
        var session = Session("a");
        await Store.AddAsync(session, Cancel);

        Assert.True(await Store.TouchAsync(session.Key, Now.AddMinutes(5), Cancel));

        var found = await Store.FindAsync(session.Key, Cancel);
        Assert.Equal(session with { Payload = default, LastActive = Now.AddMinutes(5) }, found! with { Payload = default });
    }

    [Fact]
    public async Task Replacing_changes_the_payload_and_nothing_else()
    {
        var session = Session("a");
        await Store.AddAsync(session, Cancel);

        Assert.True(await Store.ReplaceAsync(session.Key, session.Payload, new byte[] { 9, 9 }, Cancel));

        var found = await Store.FindAsync(session.Key, Cancel);
        Assert.Equal([9, 9], found!.Payload.ToArray());
        Assert.Equal(session with { Payload = default }, found with { Payload = default });
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3, 0 })]
    [InlineData(new byte[] { 1, 2, 3, 0, 255, 0 })]
    [InlineData(new byte[0])]
    public async Task Replacing_what_somebody_else_replaced_meanwhile_changes_nothing(byte[] expected)
    {
        var session = Session("a");
        await Store.AddAsync(session, Cancel);

        Assert.False(await Store.ReplaceAsync(session.Key, expected, new byte[] { 9, 9 }, Cancel));

        Assert.Equal(session.Payload.ToArray(), (await Store.FindAsync(session.Key, Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Of_many_who_replace_the_same_payload_one_succeeds()
    {
        var session = Session("a");
        await Store.AddAsync(session, Cancel);

        var replaced = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Task.Run(() => Store.ReplaceAsync(session.Key, session.Payload, new[] { (byte)n }, Cancel), Cancel)));

        var winner = Assert.Single(Enumerable.Range(0, 20), n => replaced[n]);
        Assert.Equal([(byte)winner], (await Store.FindAsync(session.Key, Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task What_was_removed_stays_gone_whatever_comes_late()
    {
        var session = Session("a");
        await Store.AddAsync(session, Cancel);

        Assert.True(await Store.RemoveAsync(session.Key, Cancel));

        Assert.False(await Store.RemoveAsync(session.Key, Cancel));
        Assert.False(await Store.TouchAsync(session.Key, Now, Cancel));
        Assert.False(await Store.ReplaceAsync(session.Key, session.Payload, new byte[] { 1 }, Cancel));
        Assert.Null(await Store.FindAsync(session.Key, Cancel));
    }

    [Theory]
    [InlineData("adfs", "sid-1", null, "a")] // one browser
    [InlineData("adfs", null, "sub-1", "a b")] // one person everywhere
    [InlineData("adfs", "sid-1", "sub-1", "a")]
    [InlineData("adfs", "sid-1", "sub-2", "")] // both must match
    [InlineData("ADFS", "sid-1", null, "a")] // names of providers have no case
    [InlineData("entra", "sid-1", null, "d")]
    [InlineData("other", "sid-1", "sub-1", "")]
    [InlineData("adfs", "SID-1", null, "")] // hashes have
    public async Task A_provider_ends_the_sessions_it_names_and_no_others(string provider, string? sid, string? subject, string removed)
    {
        await Store.AddAsync(Session("a") with { Provider = "adfs", ProviderSession = "sid-1", Subject = "sub-1" }, Cancel);
        await Store.AddAsync(Session("b") with { Provider = "adfs", ProviderSession = "sid-2", Subject = "sub-1" }, Cancel);
        await Store.AddAsync(Session("c") with { Provider = "adfs", ProviderSession = null, Subject = "sub-3" }, Cancel);
        await Store.AddAsync(Session("d") with { Provider = "entra", ProviderSession = "sid-1", Subject = "sub-1" }, Cancel);

        var keys = await Store.RemoveByProviderAsync(provider, sid, subject, Cancel);

        string[] expected = removed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, keys.Select(k => k.Value).Order(StringComparer.Ordinal));
        foreach (var name in new[] { "a", "b", "c", "d" }) Assert.Equal(expected.Contains(name), await Store.FindAsync(new SessionKey(name), Cancel) is null);
    }

    [Fact]
    public async Task The_sessions_of_a_person_are_found_without_those_of_others_and_those_that_ended()
    {
        await Store.AddAsync(Session("a") with { Provider = "adfs", Subject = "one" }, Cancel);
        await Store.AddAsync(Session("b") with { Provider = "ADFS", Subject = "one" }, Cancel);
        await Store.AddAsync(Session("c") with { Provider = "entra", Subject = "one" }, Cancel);
        await Store.AddAsync(Session("d") with { Provider = "adfs", Subject = "two" }, Cancel);
        await Store.AddAsync(Session("e") with { Provider = "adfs", Subject = "one" }, Cancel);
        await Store.RemoveAsync(new SessionKey("e"), Cancel);

        var (first, again) = (await Store.FindBySubjectAsync("adfs", "one", Cancel), await Store.FindBySubjectAsync("adfs", "one", Cancel));

        Assert.Equal(["a", "b"], first.Select(session => session.Key.Value).Order(StringComparer.Ordinal));
        Assert.Equal(2, again.Count);
        Assert.Empty(await Store.FindBySubjectAsync("adfs", "nobody", Cancel));
    }

    [Fact]
    public async Task A_purge_takes_what_is_idle_or_expired_and_counts_it()
    {
        await Store.AddAsync(Session("idle") with { LastActive = Now.AddMinutes(-31), Expires = Now.AddHours(1) }, Cancel);
        await Store.AddAsync(Session("just-active") with { LastActive = Now.AddMinutes(-30), Expires = Now.AddHours(1) }, Cancel);
        await Store.AddAsync(Session("expired") with { LastActive = Now, Expires = Now }, Cancel);
        await Store.AddAsync(Session("expires-soon") with { LastActive = Now, Expires = Now.AddSeconds(1) }, Cancel);

        var count = await Store.PurgeAsync(Now.AddMinutes(-30), Now, Cancel);

        Assert.Equal(2, count);
        Assert.Null(await Store.FindAsync(new SessionKey("idle"), Cancel));
        Assert.Null(await Store.FindAsync(new SessionKey("expired"), Cancel));
        Assert.NotNull(await Store.FindAsync(new SessionKey("just-active"), Cancel));
        Assert.NotNull(await Store.FindAsync(new SessionKey("expires-soon"), Cancel));
    }

    [Fact]
    public async Task A_payload_may_be_large()
    {
        var payload = new byte[400_000]; // 2,000 groups, protected
        new Random(1).NextBytes(payload);

        await Store.AddAsync(Session("a") with { Payload = payload }, Cancel);

        Assert.Equal(payload, (await Store.FindAsync(new SessionKey("a"), Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task Many_people_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async person =>
        {
            for (var n = 0; n < 10; n++)
            {
                var session = Session($"{person}-{n}");
                await Store.AddAsync(session, Cancel);
                Assert.True(await Store.TouchAsync(session.Key, Now.AddMinutes(n), Cancel));
                Assert.NotNull(await Store.FindAsync(session.Key, Cancel));
                if (n % 2 == 0) Assert.True(await Store.RemoveAsync(session.Key, Cancel));
            }
        }));

        for (var person = 0; person < 8; person++)
        {
            for (var n = 0; n < 10; n++)
            {
                var found = await Store.FindAsync(new SessionKey($"{person}-{n}"), Cancel);
                Assert.Equal(n % 2 == 0 ? null : Now.AddMinutes(n), found?.LastActive);
            }
        }
    }

    [Fact]
    public async Task Touches_and_replacements_that_run_against_a_removal_never_bring_a_session_back()
    {
        for (var n = 0; n < 20; n++)
        {
            var session = Session($"s{n}");
            await Store.AddAsync(session, Cancel);

            await Task.WhenAll(
                Task.Run(() => Store.TouchAsync(session.Key, Now.AddMinutes(1), Cancel), Cancel),
                Task.Run(() => Store.RemoveAsync(session.Key, Cancel), Cancel),
                Task.Run(() => Store.ReplaceAsync(session.Key, session.Payload, new byte[] { 1 }, Cancel), Cancel));

            Assert.Null(await Store.FindAsync(session.Key, Cancel));
        }
    }

    [Fact]
    public async Task It_says_which_of_some_sessions_are_gone()
    {
        await Store.AddAsync(Session("a"), Cancel);
        await Store.AddAsync(Session("b"), Cancel);
        await Store.RemoveAsync(new SessionKey("b"), Cancel);

        Assert.Empty(await Store.FindGoneAsync([], Cancel));
        Assert.Equal([new SessionKey("b"), new SessionKey("never")], await Store.FindGoneAsync([new("a"), new("b"), new("never")], Cancel));
    }

    [Fact]
    public async Task It_says_so_of_many()
    {
        SessionKey[] keys = [.. Enumerable.Range(0, 2_500).Select(n => new SessionKey($"s{n}"))];
        for (var n = 0; n < keys.Length; n += 100) await Store.AddAsync(Session(keys[n].Value), Cancel);

        var gone = await Store.FindGoneAsync(keys, Cancel);

        Assert.Equal(keys.Where((_, n) => n % 100 != 0), gone.OrderBy(key => int.Parse(key.Value[1..], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Ending_sessions_while_they_are_listed_leaves_none_out()
    {
        for (var n = 0; n < 2_100; n++) await Store.AddAsync(Session($"s{n}") with { LastActive = Now.AddSeconds(n / 3) }, Cancel);

        await foreach (var session in Store.ListAsync(Cancel)) await Store.RemoveAsync(session.Key, Cancel);

        Assert.Empty(await Store.ListAsync(Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task All_sessions_are_listed_those_active_last_first()
    {
        for (var n = 0; n < 2_100; n++) await Store.AddAsync(Session($"s{n}") with { LastActive = Now.AddSeconds(n % 2 == 0 ? n : -n) }, Cancel);
        await Store.TouchAsync(new SessionKey("s7"), Now.AddHours(1), Cancel);
        await Store.RemoveAsync(new SessionKey("s2098"), Cancel);

        var all = await Store.ListAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal(["s7", "s2096", "s2094"], all.Take(3).Select(session => session.Key.Value));
        Assert.Equal(2_099, all.Select(session => session.Key).Distinct().Count());
        Assert.Equal(all.OrderByDescending(session => session.LastActive).Select(session => session.LastActive), all.Select(session => session.LastActive));
        Assert.All(all, session => Assert.Equal("sub", session.Subject));
    }

    [Fact]
    public async Task A_name_is_given_to_one_of_many_who_claim_it_and_to_another_once_it_is_free()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Store.ClaimAsync("n", TimeSpan.FromMinutes(5), Now, Cancel), Cancel)));

        Assert.Single(claims, claimed => claimed);
        Assert.True(await Store.ClaimAsync("other", TimeSpan.FromMinutes(5), Now, Cancel));
        await Store.ReleaseAsync("n", Cancel);
        await Store.ReleaseAsync("never-claimed", Cancel);
        Assert.True(await Store.ClaimAsync("n", TimeSpan.FromMinutes(5), Now, Cancel));
        Assert.False(await Store.ClaimAsync("n", TimeSpan.FromMinutes(5), Now, Cancel));
    }

    private static StoredSession Session(string key) =>
        new(new SessionKey(key), new byte[] { 1, 2, 3, 0, 255 }, "adfs", "sid", "sub", Now, Now.AddHours(10));
}
