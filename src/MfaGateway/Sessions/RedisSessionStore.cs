using System.Runtime.CompilerServices;
using MfaGateway.Nodes;
using StackExchange.Redis;

namespace MfaGateway.Sessions;

/// <summary>
/// Sessions in a Redis that several gateways share. One hash a session, and beside it two lists ordered by time and one set for each name a provider
/// has for its sessions; scripts change them together. Times to live are lengths, counted by Redis, so that its clock need not agree with ours.
/// </summary>
internal sealed class RedisSessionStore(RedisConnection redis) : ISessionStore
{
    private const int Chunk = 1_000;

    /// <summary>Redis forgets a session this long after its end by itself, should no gateway be there to remove it.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromHours(1);

    /// <summary>Longer than any session lives (<see cref="SessionOptions.AbsoluteTimeout"/>): a provider's name may go when its last session has.</summary>
    private static readonly TimeSpan _names = TimeSpan.FromDays(8);

    // A session that is gone stays gone: HSET alone would bring it back.
    private const string TouchScript =
        """
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[1], 'active', ARGV[2])
        redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
        return 1
        """;

    // KEYS: session. ARGV: the payload that was read, the new one. All fields, because the gateways' user in Redis may do no more (users.acl).
    private const string ReplaceScript =
        """
        local fields = redis.call('HGETALL', KEYS[1])
        for n = 1, #fields, 2 do
          if fields[n] == 'payload' and fields[n + 1] == ARGV[1] then
            redis.call('HSET', KEYS[1], 'payload', ARGV[2])
            return 1
          end
        end
        return 0
        """;

    // KEYS: session, active, expires, then the sets of names. ARGV: key, active, expires, life, life of names, then the fields.
    private const string AddScript =
        """
        redis.call('HSET', KEYS[1], unpack(ARGV, 6))
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
        redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
        for n = 4, #KEYS do
          redis.call('SADD', KEYS[n], ARGV[1])
          redis.call('PEXPIRE', KEYS[n], ARGV[5])
        end
        return 1
        """;

    // In one step with its announcement: a gateway that hears of it finds it gone.
    private const string RemoveScript =
        """
        local n = redis.call('DEL', KEYS[1])
        redis.call('ZREM', KEYS[2], ARGV[1])
        redis.call('ZREM', KEYS[3], ARGV[1])
        if n == 1 then redis.call('PUBLISH', ARGV[2], ARGV[1]) end
        return n
        """;

    private const string GoneScript =
        """
        local gone = {}
        for n = 1, #KEYS do
          if redis.call('EXISTS', KEYS[n]) == 0 then gone[#gone + 1] = n - 1 end
        end
        return gone
        """;

    public string Name => NodeRules.Redis;

    public bool IsShared => true;

    private RedisKey Active => redis.Key("active");

    private RedisKey Expires => redis.Key("expires");

    private RedisChannel Ended => redis.Channel("ended");

    public Task OpenAsync(CancellationToken cancellationToken) => redis.Database.PingAsync().WaitAsync(cancellationToken);

    public async Task AddAsync(StoredSession session, CancellationToken cancellationToken)
    {
        List<RedisKey> keys = [Session(session.Key), Active, Expires];
        if (session.ProviderSession is { } sid) keys.Add(Names(session.Provider, "sid", sid));
        if (session.Subject is { } subject) keys.Add(Names(session.Provider, "sub", subject));
        List<RedisValue> values =
        [
            session.Key.Value, Milliseconds(session.LastActive), Milliseconds(session.Expires), (long)(session.Expires - session.LastActive + _grace).TotalMilliseconds, (long)_names.TotalMilliseconds,
            "payload", session.Payload, "provider", session.Provider, "active", Milliseconds(session.LastActive), "expires", Milliseconds(session.Expires),
        ];
        if (session.ProviderSession is not null) values.AddRange(["sid", session.ProviderSession]);
        if (session.Subject is not null) values.AddRange(["sub", session.Subject]);
        await RunAsync(AddScript, [.. keys], [.. values], cancellationToken);
    }

    public async Task<StoredSession?> FindAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var fields = await redis.Database.HashGetAllAsync(Session(key), CommandFlags.DemandMaster).WaitAsync(cancellationToken);
        return fields.Length == 0 ? null : Read(key, fields);
    }

    public async Task<bool> TouchAsync(SessionKey key, DateTimeOffset lastActive, CancellationToken cancellationToken) =>
        (int)await RunAsync(TouchScript, [Session(key), Active], [key.Value, Milliseconds(lastActive)], cancellationToken) == 1;

    public async Task<bool> ReplaceAsync(SessionKey key, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        (int)await RunAsync(ReplaceScript, [Session(key)], [expected, payload], cancellationToken) == 1;

    public async Task<bool> RemoveAsync(SessionKey key, CancellationToken cancellationToken) =>
        (int)await RunAsync(RemoveScript, [Session(key), Active, Expires], [key.Value, (string)Ended!], cancellationToken) == 1;

    public async Task<IReadOnlyList<SessionKey>> RemoveByProviderAsync(
        string provider, string? providerSession, string? subject, CancellationToken cancellationToken)
    {
        var names = providerSession is not null ? Names(provider, "sid", providerSession) : Names(provider, "sub", subject!);
        var removed = new List<SessionKey>();
        foreach (var member in await redis.Database.SetMembersAsync(names, CommandFlags.DemandMaster).WaitAsync(cancellationToken))
        {
            var key = new SessionKey(member.ToString());
            if (await FindAsync(key, cancellationToken) is { } session)
            {
                if (subject is not null && session.Subject != subject) continue;
                if (await RemoveAsync(key, cancellationToken)) removed.Add(key);
            }

            await redis.Database.SetRemoveAsync(names, member).WaitAsync(cancellationToken);
        }

        return removed;
    }

    public async Task<IReadOnlyList<StoredSession>> FindBySubjectAsync(string provider, string subject, CancellationToken cancellationToken)
    {
        var names = Names(provider, "sub", subject);
        var members = await redis.Database.SetMembersAsync(names, CommandFlags.DemandMaster).WaitAsync(cancellationToken);
        var found = await Task.WhenAll(members.Select(member => FindAsync(new SessionKey(member.ToString()), cancellationToken)));
        RedisValue[] gone = [.. members.Where((_, n) => found[n] is null)];
        if (gone.Length > 0) await redis.Database.SetRemoveAsync(names, gone).WaitAsync(cancellationToken);
        return [.. found.OfType<StoredSession>()];
    }

    public async Task<int> PurgeAsync(DateTimeOffset idleSince, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (order, until) in new[] { (Active, Milliseconds(idleSince) - 1), (Expires, Milliseconds(now)) })
        {
            RedisValue[] members;
            do
            {
                members = await redis.Database.SortedSetRangeByScoreAsync(order, stop: until, take: Chunk, flags: CommandFlags.DemandMaster).WaitAsync(cancellationToken);
                foreach (var member in members) removed += await RemoveAsync(new SessionKey(member.ToString()), cancellationToken) ? 1 : 0;
            }
            while (members.Length == Chunk);
        }

        return removed;
    }

    public async Task<IReadOnlyList<SessionKey>> FindGoneAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellationToken)
    {
        var gone = new List<SessionKey>();
        foreach (var chunk in keys.Chunk(Chunk))
        {
            var numbers = (int[]?)await RunAsync(GoneScript, [.. chunk.Select(Session)], [], cancellationToken) ?? [];
            gone.AddRange(numbers.Select(n => chunk[n]));
        }

        return gone;
    }

    public async IAsyncEnumerable<StoredSession> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // the names all at once: whoever ends sessions while reading the list moves the ranks of those behind
        var members = await redis.Database.SortedSetRangeByRankAsync(Active, order: Order.Descending, flags: CommandFlags.DemandMaster).WaitAsync(cancellationToken);
        foreach (var chunk in members.Chunk(Chunk))
        {
            foreach (var session in await Task.WhenAll(chunk.Select(member => FindAsync(new SessionKey(member.ToString()), cancellationToken))))
            {
                if (session is not null) yield return session;
            }
        }
    }

    public Task<bool> ClaimAsync(string name, TimeSpan life, DateTimeOffset now, CancellationToken cancellationToken) =>
        redis.Database.StringSetAsync(redis.Key($"claim:{name}"), "1", life, When.NotExists, CommandFlags.DemandMaster).WaitAsync(cancellationToken);

    /// <summary>By a script, because the client would send UNLINK, which the gateways' user in Redis may not.</summary>
    public Task ReleaseAsync(string name, CancellationToken cancellationToken) =>
        RunAsync("return redis.call('DEL', KEYS[1])", [redis.Key($"claim:{name}")], [], cancellationToken);

    public Task WatchAsync(Action<SessionKey> ended, CancellationToken cancellationToken) =>
        redis.SubscribeAsync(Ended, key => ended(new SessionKey(key.ToString()))).WaitAsync(cancellationToken);

    private RedisKey Session(SessionKey key) => redis.Key($"session:{key.Value}");

    private RedisKey Names(string provider, string kind, string hash) => redis.Key($"{kind}:{provider.ToLowerInvariant()}:{hash}");

    private Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        redis.Database.ScriptEvaluateAsync(script, keys, values, CommandFlags.DemandMaster).WaitAsync(cancellationToken);

    private static StoredSession? Read(SessionKey key, HashEntry[] fields)
    {
        var (payload, provider, sid, subject, active, expires) = (RedisValue.Null, RedisValue.Null, RedisValue.Null, RedisValue.Null, RedisValue.Null, RedisValue.Null);
        foreach (var field in fields)
        {
            switch (field.Name.ToString())
            {
                case "payload": payload = field.Value; break;
                case "provider": provider = field.Value; break;
                case "sid": sid = field.Value; break;
                case "sub": subject = field.Value; break;
                case "active": active = field.Value; break;
                case "expires": expires = field.Value; break;
                default: break; // of a later version
            }
        }

        if (payload.IsNull || provider.IsNull || active.IsNull || expires.IsNull) return null; // a copy of Redis that lost a part: as good as gone
        return new StoredSession(
            key, (byte[])payload!, provider.ToString(), (string?)sid, (string?)subject,
            DateTimeOffset.FromUnixTimeMilliseconds((long)active), DateTimeOffset.FromUnixTimeMilliseconds((long)expires));
    }

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
