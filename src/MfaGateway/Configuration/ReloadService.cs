using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Shield.KnownAttacks;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MfaGateway.Configuration;

/// <summary>What is wrong with the files as they are now; empty when what is in force is what they say.</summary>
internal sealed class ReloadState
{
    public IReadOnlyList<string> Problems { get; set; } = [];
}

/// <summary>
/// Reads configuration, policy and rules again when a file has changed: looked at every two seconds, because file notifications do not reach network shares and
/// mounted volumes. What is wrong leaves everything as it is.
/// </summary>
internal sealed class ReloadService(
    ConfigurationSources sources, GatewaySettings settings, PolicyProvider policies, ShieldRuleProvider rules, ProviderCatalog providers, BackChannel backChannel,
    IOptionsMonitorCache<OpenIdConnectOptions> schemes, AuditTrail audit, ReloadState state, TimeProvider time, ILogger<ReloadService> logger) : BackgroundService
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_every, time);
        var (configuration, policy) = (Stamp(sources.Files), Stamp([.. policies.Files, .. rules.Files]));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var (newConfiguration, newPolicy) = (Stamp(sources.Files), Stamp([.. policies.Files, .. rules.Files]));
            if (newConfiguration == configuration && newPolicy == policy) continue;
            // good files beside it must not hide that the configuration is still refused
            var problems = Reload(newConfiguration == configuration && state.Problems.Count == 0 ? ReloadWhatItNames : ReloadConfiguration);
            (configuration, policy) = (newConfiguration, newPolicy);
            await ReportAsync(problems, stoppingToken);
        }
    }

    private static IReadOnlyList<string> Reload(Func<IReadOnlyList<string>> read)
    {
        try
        {
            return read();
        }
#pragma warning disable CA1031 // the host stops when a background service throws, and no file may end a gateway that runs
        catch (Exception e)
#pragma warning restore CA1031
        {
            return [$"$: {e.GetBaseException().Message}"];
        }
    }

    private IReadOnlyList<string> ReloadConfiguration()
    {
        var loaded = ConfigurationLoader.Load(sources);
        if (loaded.Options is not { } options) return [.. loaded.Problems.Select(p => p.ToString())];

        if (!options.Providers.Keys.Order(StringComparer.OrdinalIgnoreCase).SequenceEqual(settings.Current.Providers.Keys.Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase))
            return ["$.Gateway.Providers: Providers were added or removed. Restart the gateway for that; everything else in the file waits for it too."];
        settings.Replace(options);
        backChannel.Reset();
        foreach (var provider in providers.All) schemes.TryRemove(provider.Scheme);
        return ReloadWhatItNames();
    }

    private IReadOnlyList<string> ReloadWhatItNames() => [.. ReloadPolicy(), .. rules.Reload()];

    private IReadOnlyList<string> ReloadPolicy()
    {
        try
        {
            policies.Reload();
            return [];
        }
        catch (InvalidPolicyException e)
        {
            return e.Problems;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"$.Gateway.Policy.Path: {e.Message}"];
        }
    }

    private async Task ReportAsync(IReadOnlyList<string> problems, CancellationToken cancellationToken)
    {
        state.Problems = problems;
        if (problems.Count == 0) logger.Reloaded();
        else logger.ReloadRefused(string.Join('\n', problems));
        try
        {
            await audit.RecordAsync(
                new AuditEvent
                {
                    Timestamp = time.GetUtcNow(),
                    Action = AuditActions.ConfigReload,
                    Outcome = problems.Count == 0 ? "success" : "failure",
                    Id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N"),
                    Reason = problems.Count == 0 ? "reloaded" : "refused",
                },
                cancellationToken);
        }
        catch (AuditFailedException)
        {
            // logged by the trail; requests answer 503 until it works again
        }
    }

    private static string Stamp(IEnumerable<string> files) => string.Join('|', files.Select(file =>
    {
        var info = new FileInfo(file);
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks}/{info.Length}" : "missing";
    }));
}
