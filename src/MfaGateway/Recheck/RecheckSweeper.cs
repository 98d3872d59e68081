using MfaGateway.Configuration;
using MfaGateway.Sessions;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.Recheck;

/// <summary>Asks about people whose only request is one that hangs: a notification of minutes must not outlive what the provider would say. At the end of the
/// process it waits for questions under way, whose answers would be lost.</summary>
internal sealed class RecheckSweeper(UserRecheck recheck, SessionRegistry sessions, GatewaySettings settings, TimeProvider time) : BackgroundService
{
    private const int AtOnce = 16;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(recheck.Running).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the host gives so much time and no more
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (settings.Current.Sessions.Recheck.Every is null) continue;
            var room = AtOnce - recheck.Running.Count;
            foreach (var session in sessions.Running.Where(recheck.IsDue).Take(Math.Max(0, room))) _ = recheck.BeginAsync(session);
        }
    }
}
