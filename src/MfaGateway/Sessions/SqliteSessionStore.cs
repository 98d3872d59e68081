using System.Runtime.CompilerServices;
using System.Text.Json;
using MfaGateway.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>Sessions in one SQLite file: a restart signs nobody out. For one gateway.</summary>
internal sealed class SqliteSessionStore(GatewaySettings settings, ILogger<SqliteSessionStore> logger) : ISessionStore, IDisposable
{
    private const int Chunk = 1_000;
    private const string Columns = "key, payload, provider, provider_session, subject, last_active, expires";
    private const string Schema =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS session (
            key TEXT PRIMARY KEY, payload BLOB NOT NULL, provider TEXT NOT NULL COLLATE NOCASE, provider_session TEXT, subject TEXT,
            last_active INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS session_provider ON session (provider_session, subject);
        CREATE INDEX IF NOT EXISTS session_subject ON session (subject);
        CREATE INDEX IF NOT EXISTS session_active ON session (last_active);
        CREATE INDEX IF NOT EXISTS session_expires ON session (expires);
        CREATE TABLE IF NOT EXISTS claim (name TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // SQLite takes one writer at a time; waiting here instead of in its busy handler keeps the order fair and the thread free.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SqliteFile _file = new(settings.SessionFile, Schema, logger);

    public string Name => "Sqlite";

    public bool IsShared => false;

    public Task OpenAsync(CancellationToken cancellationToken) => _file.PrepareAsync(cancellationToken);

    public Task AddAsync(StoredSession session, CancellationToken cancellationToken) => ExecuteAsync(
        $"INSERT INTO session ({Columns}) VALUES ($key, $payload, $provider, $sid, $subject, $active, $expires)",
        cancellationToken,
        ("$key", session.Key.Value), ("$payload", session.Payload.ToArray()), ("$provider", session.Provider), ("$sid", session.ProviderSession),
        ("$subject", session.Subject), ("$active", session.LastActive.ToUnixTimeMilliseconds()), ("$expires", session.Expires.ToUnixTimeMilliseconds()));

    public async Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken) =>
        (await ReadAsync($"SELECT {Columns} FROM session WHERE key = $key", Read, cancellationToken, ("$key", key.Value))).SingleOrDefault();

    public async Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken) =>
        await ExecuteAsync("UPDATE session SET last_active = $active WHERE key = $key", cancellationToken,
            ("$key", key.Value), ("$active", lastActive.ToUnixTimeMilliseconds())) > 0;

    public async Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        await ExecuteAsync("UPDATE session SET payload = $payload WHERE key = $key AND payload = $expected", cancellationToken,
            ("$key", key.Value), ("$payload", payload.ToArray()), ("$expected", expected.ToArray())) > 0;

    public async Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken) =>
        await ExecuteAsync("DELETE FROM session WHERE key = $key", cancellationToken, ("$key", key.Value)) > 0;

    public async Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(
        string provider, string? providerSession, string? subject, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync(
                RemoveByProvider(providerSession is not null, subject is not null), row => new SessionKey(row.GetString(0)), cancellationToken,
                ("$provider", provider), ("$sid", providerSession), ("$subject", subject));
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken) =>
        await ReadAsync($"SELECT {Columns} FROM session WHERE subject = $subject AND provider = $provider", Read, cancellationToken, ("$subject", subject), ("$provider", provider));

    public Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        "DELETE FROM session WHERE last_active < $idle OR expires <= $now", cancellationToken,
        ("$idle", idleSince.ToUnixTimeMilliseconds()), ("$now", now.ToUnixTimeMilliseconds()));

    public async Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken) => await ReadAsync(
        "SELECT value FROM json_each($keys) WHERE value NOT IN (SELECT key FROM session)", row => new SessionKey(row.GetString(0)), cancellationToken,
        ("$keys", JsonSerializer.Serialize(keys.Select(key => key.Value))));

    public async IAsyncEnumerable<StoredSession> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (active, key) = (long.MaxValue, "");
        List<StoredSession> page;
        do
        {
            page = await ReadAsync(
                $"SELECT {Columns} FROM session WHERE (last_active, key) < ($active, $key) ORDER BY last_active DESC, key DESC LIMIT {Chunk}", Read, cancellationToken,
                ("$active", active), ("$key", key));
            foreach (var session in page) yield return session;
            if (page is [.., var last]) (active, key) = (last.LastActive.ToUnixTimeMilliseconds(), last.Key.Value);
        }
        while (page.Count == Chunk);
    }

    public async Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await ExecuteAsync("DELETE FROM claim WHERE until <= $now", cancellationToken, ("$now", now.ToUnixTimeMilliseconds()));
        return await ExecuteAsync("INSERT OR IGNORE INTO claim VALUES ($name, $until)", cancellationToken,
            ("$name", name), ("$until", (now + life).ToUnixTimeMilliseconds())) > 0;
    }

    public Task ReleaseAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync("DELETE FROM claim WHERE name = $name", cancellationToken, ("$name", name));

    public Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _writing.Dispose();
        _file.Dispose();
    }

    private static StoredSession Read(SqliteDataReader reader) => new(
        new SessionKey(reader.GetString(0)), (byte[])reader.GetValue(1), reader.GetString(2), Text(reader, 3), Text(reader, 4),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)));

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>One condition for what is given: with "is null or equal" SQLite uses no index, and every stranger's logout would read every session.</summary>
    internal static string RemoveByProvider(bool bySession, bool bySubject)
    {
        var session = bySession ? "AND provider_session = $sid " : "";
        var subject = bySubject ? "AND subject = $subject " : "";
        return $"DELETE FROM session WHERE provider = $provider {session}{subject}RETURNING key";
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this file; values go in as parameters
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private Task<List<T>> ReadAsync<T>(string text, Func<SqliteDataReader, T> row, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        _file.UseAsync(
            async connection =>
            {
                await using var command = Command(connection, text, values);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken)) rows.Add(row(reader));
                return rows;
            },
            cancellationToken);

    private async Task<int> ExecuteAsync(string text, CancellationToken cancellationToken, params (string Name, object? Value)[] values)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return await _file.UseAsync(
                async connection =>
                {
                    await using var command = Command(connection, text, values);
                    return await command.ExecuteNonQueryAsync(cancellationToken);
                },
                cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }
}
