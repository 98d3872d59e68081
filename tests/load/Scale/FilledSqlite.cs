using System.Diagnostics;
using MfaGateway.Configuration;
using MfaGateway.Sessions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Load.Scale;

/// <summary>The gateway's SQLite file. It is filled by one transaction without a journal, because the gateway's own way waits for the disk for every session.</summary>
internal sealed class FilledSqlite(string path) : IFilledStore
{
    private const string Settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN";

    public async Task<StoredSession> FindAsync(SessionKey key, CancellationToken cancellationToken)
    {
        using var store = Open();
        return await store.FindAsync(key, cancellationToken) ?? throw new InvalidOperationException("The file does not have the session.");
    }

    public async Task AddAsync(IEnumerable<StoredSession> sessions, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = Settings;
        await command.ExecuteNonQueryAsync(cancellationToken);
        command.CommandText = "INSERT INTO session (key, payload, provider, provider_session, subject, last_active, expires) VALUES ($key, $payload, $provider, $sid, $subject, $active, $expires)";
        foreach (var session in sessions)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$key", session.Key.Value);
            command.Parameters.AddWithValue("$payload", session.Payload.ToArray());
            command.Parameters.AddWithValue("$provider", session.Provider);
            command.Parameters.AddWithValue("$sid", session.ProviderSession);
            command.Parameters.AddWithValue("$subject", session.Subject);
            command.Parameters.AddWithValue("$active", session.LastActive.ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$expires", session.Expires.ToUnixTimeMilliseconds());
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        command.Parameters.Clear();
        command.CommandText = "COMMIT";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<TimeSpan> SweepAsync(CancellationToken cancellationToken)
    {
        using var store = Open();
        await store.OpenAsync(cancellationToken);
        var (began, now) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
        await store.PurgeAsync(now - TimeSpan.FromDays(1), now, cancellationToken);
        return Stopwatch.GetElapsedTime(began);
    }

    public Task<long> SizeAsync() => Task.FromResult(new[] { path, $"{path}-wal" }.Where(File.Exists).Sum(file => new FileInfo(file).Length));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SqliteSessionStore Open()
    {
        var options = new GatewayOptions();
        options.Sessions.Path = path;
        return new SqliteSessionStore(new GatewaySettings(options, Path.GetDirectoryName(path)!), NullLogger<SqliteSessionStore>.Instance);
    }
}
