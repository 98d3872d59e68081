using MfaGateway.Sessions;
using MfaGateway.Tests.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Tests.Recheck;

public sealed class MemoryRecheckTests : RecheckContract
{
    private readonly MemorySessionStore _store = new();

    private protected override ISessionStore Create() => _store;
}

public sealed class RecheckStoreTests
{
    [Fact]
    public async Task An_answer_that_comes_while_the_store_is_away_is_kept_when_it_is_back()
    {
        var (store, provider, time) = (new FragileStore(), new OneUseProvider(), new MovableTime());
        using var node = new RecheckNode(store, provider, new EphemeralDataProtectionProvider(), time);
        var now = time.GetUtcNow();
        var (handle, session) = await node.Sessions.CreateAsync(
            new GatewaySession
            {
                User = "alice@contoso.com", Subject = "sub-1", Provider = "main", CreatedAt = now,
                Recheck = new RecheckState { ConfirmedAt = now, RefreshToken = provider.SignIn() },
            },
            TestContext.Current.CancellationToken);
        provider.BeforeAnswer = () =>
        {
            store.Broken = true;
            _ = Task.Delay(1_000).ContinueWith(_ => store.Broken = false, TaskScheduler.Default);
            return Task.CompletedTask;
        };
        time.Advance(RecheckNode.Every);

        for (var n = 0; session.Facts.ConfirmedAt == now && n < 100; n++)
        {
            await node.RequestAsync(handle);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, provider.Calls);
        Assert.Equal((null, "token-2"), (session.Facts.Recheck?.Pending, session.Facts.Recheck?.RefreshToken));
    }
}

public sealed class SqliteRecheckTests : RecheckContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recheck-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private protected override ISessionStore Create() => new SqliteSessionStore(Settings.Of(Settings.Options(o => o.Sessions.Path = "sessions.db"), _folder.FullName), NullLogger<SqliteSessionStore>.Instance);
}
