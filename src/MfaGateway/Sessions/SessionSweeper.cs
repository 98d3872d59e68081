using Microsoft.Extensions.Hosting;

namespace MfaGateway.Sessions;

/// <summary>
/// Opens the store at start, ends the running requests of sessions that are over every second, and removes those once a minute. A store that cannot be opened
/// may come later (a disk that is full or not mounted, a Redis that starts after us); until then the gateway is not ready and requests are answered 503.
/// </summary>
internal sealed class SessionSweeper(SessionRegistry sessions, TimeProvider time) : BackgroundService
{
    private bool _open;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sessions.OpenAsync(cancellationToken);
            _open = true;
        }
        catch (SessionStoreException)
        {
            // said in the log already; the loop goes on trying
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var purged = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await sessions.EndOverdueAsync(stoppingToken);
            try
            {
                if (!_open) await sessions.OpenAsync(stoppingToken);
                _open = true;
                await sessions.TryAgainAsync(stoppingToken);
                if (sessions.IsShared) await sessions.VerifyRunningAsync(stoppingToken);
                if (time.GetUtcNow() - purged < TimeSpan.FromMinutes(1)) continue;
                purged = time.GetUtcNow();
                await sessions.PurgeAsync(stoppingToken);
            }
            catch (SessionStoreException)
            {
                // said in the log already, once; the next second tries again
            }
        }
    }
}
