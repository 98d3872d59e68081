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

        Assert.True(await Store.ReplaceAsync(session.Key, new byte[] { 9, 9 }, Cancel));

        var found = await Store.FindAsync(session.Key, Cancel);
        Assert.Equal([9, 9], found!.Payload.ToArray());
        Assert.Equal(session with { Payload = default }, found with { Payload = default });
    }

    [Fact]
    public async Task What_was_removed_stays_gone_whatever_comes_late()
    {
        var session = Session("a");
        await Store.AddAsync(session, Cancel);

        Assert.True(await Store.RemoveAsync(session.Key, Cancel));

        Assert.False(await Store.RemoveAsync(session.Key, Cancel));
        Assert.False(await Store.TouchAsync(session.Key, Now, Cancel));
        Assert.False(await Store.ReplaceAsync(session.Key, new byte[] { 1 }, Cancel));
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
                Task.Run(() => Store.ReplaceAsync(session.Key, new byte[] { 1 }, Cancel), Cancel));

            Assert.Null(await Store.FindAsync(session.Key, Cancel));
        }
    }

    private static StoredSession Session(string key) =>
        new(new SessionKey(key), new byte[] { 1, 2, 3, 0, 255 }, "adfs", "sid", "sub", Now, Now.AddHours(10));
}

public sealed class MemorySessionStoreTests : SessionStoreContract
{
    private protected override ISessionStore Create() => new MemorySessionStore();
}

public sealed class SqliteSessionStoreTests : SessionStoreContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sessions-");

    private string FilePath => Path.Combine(_folder.FullName, "state", "sessions.db");

    private protected override ISessionStore Create() => CreateSqlite();

    private SqliteSessionStore CreateSqlite() => new(Settings.Of(Settings.Options(o => o.Sessions.Path = Path.Combine("state", "sessions.db")), _folder.FullName));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Another_process_finds_what_was_added()
    {
        var cancel = TestContext.Current.CancellationToken;
        var session = new StoredSession(new SessionKey("a"), new byte[] { 1 }, "adfs", null, null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        using var first = CreateSqlite();
        await first.AddAsync(session, cancel);
        first.Dispose();

        using var second = CreateSqlite();
        await second.OpenAsync(cancel);

        Assert.NotNull(await second.FindAsync(session.Key, cancel));
    }

    [Fact]
    public void Only_the_owner_reads_the_file()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the folder's access list rules there");
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Only_the_owner_reads_what_is_not_yet_in_the_file()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the folder's access list rules there");
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath + "-wal"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_logout_that_anybody_may_send_does_not_read_every_session(bool bySession, bool bySubject)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={FilePath}");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + SqliteSessionStore.RemoveByProvider(bySession, bySubject);
        foreach (var name in new[] { "$provider", "$sid", "$subject" }) command.Parameters.AddWithValue(name, "x");
        await using var plan = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);

        Assert.True(await plan.ReadAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("SEARCH session USING", plan.GetString(3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_an_error_and_not_an_empty_store()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "junk.db"), new string('x', 10_000), TestContext.Current.CancellationToken);
        using var store = new SqliteSessionStore(Settings.Of(Settings.Options(o => o.Sessions.Path = "junk.db"), _folder.FullName));

        await Assert.ThrowsAnyAsync<Exception>(() => store.OpenAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<Exception>(() => store.FindAsync(new SessionKey("a"), TestContext.Current.CancellationToken));
    }
}
