using MfaGateway.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Lifecycle;

/// <summary>
/// What happens between the order to stop and the listeners closing: readiness says 503 from the first moment, requests are still taken while the balancer
/// notices, connections are given up one answer at a time, and at the end requests that would hang for minutes are ended as if Exchange had ended them.
/// </summary>
internal sealed class Drain(GatewaySettings settings, TimeProvider time, ILogger<Drain> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _hangingEnds = new();

    private volatile bool _begun;

    /// <summary>Whether the gateway was told to stop.</summary>
    public bool HasBegun => _begun;

    /// <summary>Cancelled when hanging requests have to end.</summary>
    public CancellationToken HangingEnds => _hangingEnds.Token;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_hangingEnds.IsCancellationRequested) return; // told twice
        var wait = settings.Current.Shutdown.DrainFor;
        logger.Draining(wait);
        _begun = true;
        try
        {
            await Task.Delay(wait, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // the host is out of patience
        }

        await _hangingEnds.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _hangingEnds.Dispose();
}
