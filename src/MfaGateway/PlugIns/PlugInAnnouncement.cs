using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MfaGateway.PlugIns;

/// <summary>Says in the log, before the first request, whose code runs here.</summary>
internal sealed class PlugInAnnouncement(PlugInCatalog plugIns, ILogger<PlugInAnnouncement> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var plugIn in plugIns.All)
            logger.PlugInLoaded(plugIn.Name, plugIn.Version, string.Join(", ", plugIn.Conditions.Select(condition => condition.Name)), plugIn.Sha256);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
