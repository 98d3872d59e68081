using MfaGateway.Sessions;

namespace MfaGateway.Tests.Sessions;

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
