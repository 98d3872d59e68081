using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Sessions;

/// <summary>Opens the store at start and removes ended sessions once a minute.</summary>
internal sealed class SessionSweeper(SessionRegistry sessions, TimeProvider time, ILogger<SessionSweeper> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await sessions.OpenAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
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
