using MfaGateway.Configuration;
using MfaGateway.Diagnostics;
using Serilog;
using Serilog.Events;

namespace MfaGateway.Host;

/// <summary>What a gateway is started with.</summary>
public sealed record GatewayStartup
{
    /// <summary>JSON files; later ones override earlier ones. Relative paths in them begin at the folder of the first.</summary>
    public required IReadOnlyList<string> ConfigurationFiles { get; init; }

    /// <summary>A folder of one file per setting, for secrets. Default none.</summary>
    public string? KeyPerFileFolder { get; init; }

    /// <summary>Settings given in code; they win over files and environment. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();

    /// <summary>Replaces the log to the console. Default none.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>A configuration cannot be used; the message lists every problem.</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception($"The configuration is not valid:{string.Concat(problems.Select(p => $"\n  {p}"))}")
{
    /// <summary>Every problem.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}

/// <summary>Composes the gateway: configuration, log, two listeners.</summary>
public static class GatewayApplication
{
    /// <summary>Makes a gateway that is ready to be started.</summary>
    /// <param name="startup">What with.</param>
    /// <exception cref="InvalidConfigurationException">The configuration is not valid.</exception>
    public static WebApplication Build(GatewayStartup startup)
    {
        ArgumentNullException.ThrowIfNull(startup);
        var sources = new ConfigurationSources
        {
            Files = startup.ConfigurationFiles,
            KeyPerFileFolder = startup.KeyPerFileFolder,
            Overrides = startup.Overrides,
        };
        var loaded = ConfigurationLoader.Load(sources);
        var options = loaded.Options ?? throw new InvalidConfigurationException(loaded.Problems);

        // without arguments and content root: appsettings.json of whatever folder this was started in is not ours
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        foreach (var file in startup.ConfigurationFiles) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.Configuration.AddEnvironmentVariables();
        AddLogging(builder, startup.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.UseGatewayListeners(options));
        builder.Services.AddGateway(options, sources);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));

        var app = builder.Build();
        app.MapWhen(context => context.Features.Get<ManagementConnection>() is not null, management => management.UseManagement());
        app.UseGateway();
        return app;
    }

    private static void AddLogging(WebApplicationBuilder builder, Action<ILoggingBuilder>? replacement)
    {
        builder.Logging.ClearProviders();
        if (replacement is not null)
        {
            replacement(builder.Logging);
            return;
        }

        builder.Services.AddSerilog(log => log
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .ReadFrom.Configuration(builder.Configuration));
    }
}
