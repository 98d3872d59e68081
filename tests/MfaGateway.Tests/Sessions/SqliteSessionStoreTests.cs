using MfaGateway.Sessions;

namespace MfaGateway.Tests.Sessions;

public sealed class SqliteSessionStoreTests : SessionStoreContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sessions-");

    private readonly KeptLog<SqliteSessionStore> _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder.FullName, "state", "sessions.db");

    private protected override ISessionStore Create() => CreateSqlite();

    private SqliteSessionStore CreateSqlite() => new(Settings.Of(Settings.Options(o => o.Sessions.Path = Path.Combine("state", "sessions.db")), _folder.FullName), _log);

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
    public async Task A_damaged_file_is_put_aside_with_a_word_and_a_new_one_begun()
    {
        await base.DisposeAsync(); // nothing uses the file
        await File.WriteAllBytesAsync(FilePath, [.. Enumerable.Repeat((byte)'x', 50_000)], Cancel);
        using var store = CreateSqlite();

        await store.OpenAsync(Cancel);

        await store.AddAsync(Alice(new SessionKey("a")), Cancel);
        Assert.NotNull(await store.FindAsync(new SessionKey("a"), Cancel));
        Assert.Equal([3009], _log.Ids);
        Assert.Equal((byte)'x', (await File.ReadAllBytesAsync($"{FilePath}.damaged", Cancel))[0]);
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_it_is_in_use_is_an_error_once_and_then_a_new_one()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("a file in use cannot be written by others there");
        using var store = CreateSqlite();
        for (var n = 0; n < 2_000; n++) await store.AddAsync(Alice(new SessionKey($"s{n}")) with { Payload = new byte[4_000] }, Cancel); // more than SQLite keeps in memory
        await using (var file = new FileStream(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.Write(new byte[file.Length]);
        await using (var log = new FileStream($"{FilePath}-wal", FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) log.Write(new byte[log.Length]);

        var failure = await Record.ExceptionAsync(() => store.ListAsync(Cancel).ToListAsync(Cancel).AsTask());
        await store.AddAsync(Alice(new SessionKey("new")), Cancel);

        Assert.NotNull(failure);
        Assert.Equal([new SessionKey("new")], (await store.ListAsync(Cancel).ToListAsync(Cancel)).Select(session => session.Key));
        Assert.Equal([3009], _log.Ids);
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_in_use_is_an_error_once_and_then_the_truth()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("a file in use cannot be replaced there");
        using var store = CreateSqlite();
        await store.AddAsync(Alice(new SessionKey("old")), Cancel);

        File.Move(FilePath, $"{FilePath}.taken");

        var error = await Assert.ThrowsAsync<IOException>(() => store.FindAsync(new SessionKey("old"), Cancel));
        Assert.Contains("replaced", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.FindAsync(new SessionKey("old"), Cancel));
        await store.AddAsync(Alice(new SessionKey("new")), Cancel);
        Assert.NotNull(await store.FindAsync(new SessionKey("new"), Cancel));
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_an_error_and_not_an_empty_store()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "no-folder"), "", Cancel);
        using var store = new SqliteSessionStore(Settings.Of(Settings.Options(o => o.Sessions.Path = Path.Combine("no-folder", "x.db")), _folder.FullName), _log);

        await Assert.ThrowsAnyAsync<Exception>(() => store.OpenAsync(Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => store.FindAsync(new SessionKey("a"), Cancel));
    }

    private static StoredSession Alice(SessionKey key) => new(key, new byte[] { 1 }, "adfs", null, null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
}
