using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace MfaGateway.Nodes;

/// <summary>Keeps the gateways' key rings the same: learns of keys that another made within seconds, and puts back what Redis lost.</summary>
internal sealed class KeyRingKeeper(RereadableKeys keys, TimeProvider time, SharedKeyRepository? repository = null) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(2);

    /// <summary>Reads the ring again, because something cannot be read with the keys this gateway has.</summary>
    /// <exception cref="RedisException">Redis does not answer.</exception>
    public async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        if (repository is null) keys.Reread();
        else if (await repository.SynchronizeAsync(cancellationToken)) keys.Reread();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (repository is null) return;
        using var timer = new PeriodicTimer(_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAgainAsync(stoppingToken);
            }
            catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
            {
                // the session store says so in the log; the keys in memory go on serving
            }
        }
    }
}
