using System.Diagnostics;
using System.Globalization;
using MfaGateway.Configuration;
using MfaGateway.Load.Rig;
using MfaGateway.Nodes;
using MfaGateway.Sessions;

namespace MfaGateway.Load.Scale;

/// <summary>The gateways' Redis, filled through the gateway's own store, many sessions under way at once.</summary>
internal sealed class FilledRedis : IFilledStore
{
    private const int AtOnce = 500;
    private const string Used = "used_memory:";

    private readonly Contestant _redis;
    private readonly RedisConnection _connection;
    private readonly RedisSessionStore _store;

    public FilledRedis(Contestant redis)
    {
        _redis = redis;
        var options = new GatewayOptions();
        (options.Redis.Connection, options.Redis.Timeout) = ($"127.0.0.1:{redis.Port}", TimeSpan.FromSeconds(30));
        _connection = new RedisConnection(new GatewaySettings(options, Path.GetTempPath()), TimeProvider.System);
        _store = new RedisSessionStore(_connection);
    }

    public async Task<StoredSession> FindAsync(SessionKey key, CancellationToken cancellationToken) =>
        await _store.FindAsync(key, cancellationToken) ?? throw new InvalidOperationException("Redis does not have the session.");

    public async Task AddAsync(IEnumerable<StoredSession> sessions, CancellationToken cancellationToken)
    {
        foreach (var chunk in sessions.Chunk(AtOnce)) await Task.WhenAll(chunk.Select(session => _store.AddAsync(session, cancellationToken)));
    }

    public async Task<TimeSpan> SweepAsync(CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken);
        var (began, now) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
        await _store.PurgeAsync(now - TimeSpan.FromDays(1), now, cancellationToken);
        return Stopwatch.GetElapsedTime(began);
    }

    public async Task<long> SizeAsync()
    {
        var memory = await Programs.RunAsync("redis-cli", ["-p", $"{_redis.Port}", "INFO", "memory"], CancellationToken.None); // the gateway's connection may not ask for it
        var line = memory.Split("\r\n").Single(line => line.StartsWith(Used, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Used.Length), CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }
}
