using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace MfaGateway.Host;

/// <summary>
/// Tells systemd that the gateway is alive, twice as often as its unit asks (<c>WatchdogSec</c>, sd_watchdog_enabled(3)). The word comes from the thread
/// pool that serves requests: a gateway whose pool is stuck says nothing and is restarted.
/// </summary>
internal sealed class Watchdog(TimeProvider time, IServiceProvider services) : BackgroundService
{
    private static readonly ServiceState _alive = new("WATCHDOG=1");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.GetService<ISystemdNotifier>() is not { IsEnabled: true } systemd || Interval(Environment.GetEnvironmentVariable("WATCHDOG_USEC")) is not { } interval) return;
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) systemd.Notify(_alive);
    }

    /// <summary>Half of what the unit allows; null when it does not ask.</summary>
    internal static TimeSpan? Interval(string? microseconds) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 1 ? TimeSpan.FromMicroseconds(limit / 2.0) : null;
}
