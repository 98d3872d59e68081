using MfaGateway.ClusterTests.Setup;
using MfaGateway.Configuration;
using MfaGateway.Nodes;
using MfaGateway.Sessions;
using MfaGateway.Tests.Sessions;

namespace MfaGateway.ClusterTests.Sessions;

public sealed class RedisSessionStoreTests : SessionStoreContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly StoredSession Alice = new(new SessionKey("alice"), new byte[] { 1 }, "adfs", "sid", "sub", Now, Now.AddHours(10));

    private readonly List<RedisConnection> _connections = [];
    private RedisServer? _server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var connection in _connections) connection.Dispose();
        await _server!.DisposeAsync();
    }

    [Fact]
    public async Task Another_gateway_hears_of_an_end_whoever_ended_it()
    {
        var (here, there) = (Create(), Create());
        var heard = System.Threading.Channels.Channel.CreateUnbounded<SessionKey>();
        await there.WatchAsync(key => heard.Writer.TryWrite(key), Cancel);
        foreach (var name in new[] { "a", "b", "c" }) await here.AddAsync(Alice with { Key = new SessionKey(name) }, Cancel);
        await here.AddAsync(Alice with { Key = new SessionKey("d"), Subject = "other", ProviderSession = "other", LastActive = Now.AddHours(-1) }, Cancel);

        await here.RemoveAsync(new SessionKey("a"), Cancel);
        await here.RemoveByProviderAsync("adfs", "sid", null, Cancel);
        await here.PurgeAsync(Now.AddMinutes(-30), Now, Cancel);

        var keys = new List<string>();
        while (keys.Count < 4) keys.Add((await heard.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Cancel)).Value);
        Assert.Equal(["a", "b", "c", "d"], keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Gateways_of_another_estate_see_nothing()
    {
        await Create().AddAsync(Alice, Cancel);

        var stranger = Create(redis => redis.Prefix = "other");

        Assert.Null(await stranger.FindAsync(Alice.Key, Cancel));
        Assert.Empty(await stranger.RemoveByProviderAsync("adfs", "sid", null, Cancel));
    }

    [Fact]
    public async Task A_redis_that_is_away_is_an_error_and_not_an_empty_one()
    {
        var store = Create();
        await store.AddAsync(Alice, Cancel);

        await _server!.KillAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => store.FindAsync(Alice.Key, Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => store.FindGoneAsync([Alice.Key], Cancel));
        await _server.RestartAsync();
        await Eventually.Async(async () => await store.FindAsync(Alice.Key, Cancel) is null);
    }

    [Fact]
    public async Task A_session_of_which_a_part_is_lost_is_none()
    {
        var store = Create();
        await store.AddAsync(Alice, Cancel);

        await _connections[^1].Database.HashDeleteAsync("{mfagw}:session:alice", "expires");

        Assert.Null(await store.FindAsync(Alice.Key, Cancel));
    }

    [Fact]
    public async Task Nothing_stays_for_ever_in_redis_when_no_gateway_cleans_up()
    {
        var store = Create();
        await store.AddAsync(Alice, Cancel);

        var redis = _connections[^1].Database;
        foreach (var key in new[] { "{mfagw}:session:alice", "{mfagw}:sid:adfs:sid", "{mfagw}:sub:adfs:sub" })
            Assert.InRange((await redis.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromHours(10), TimeSpan.FromDays(8));
    }

    private protected override ISessionStore Create() => Create(_ => { });

    private RedisSessionStore Create(Action<RedisOptions> change)
    {
        var options = new GatewayOptions();
        options.Redis.Connection = _server!.Address;
        change(options.Redis);
        var connection = new RedisConnection(new GatewaySettings(options, Path.GetTempPath()), TimeProvider.System);
        _connections.Add(connection);
        return new RedisSessionStore(connection);
    }
}
