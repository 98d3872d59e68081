using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>Opens the store at start, ends the running requests of sessions that are over every second, and removes those once a minute.</summary>
internal sealed class SessionSweeper(SessionRegistry sessions, TimeProvider time, ILogger<SessionSweeper> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await sessions.OpenAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var purged = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            sessions.EndOverdue();
            if (time.GetUtcNow() - purged < TimeSpan.FromMinutes(1)) continue;
            purged = time.GetUtcNow();
            try
            {
                await sessions.PurgeAsync(stoppingToken);
            }
            catch (SessionStoreException e)
            {
                logger.PurgeFailed(e);
            }
        }
    }
}
