using Microsoft.Extensions.Hosting;

namespace MfaGateway.Clock;

/// <summary>Compares the gateway's time with the system's clock every second.</summary>
internal sealed class ClockWatch(SteadyTime time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) time.Compare();
    }
}
