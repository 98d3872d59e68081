using MfaGateway.Configuration;
using MfaGateway.Diagnostics;
using Serilog;
using Serilog.Events;

namespace MfaGateway.Host;

/// <summary>What a gateway is started with.</summary>
internal sealed record GatewayStartup
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
internal sealed class InvalidConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception($"The configuration is not valid:{string.Concat(problems.Select(p => $"\n  {p}"))}")
{
    /// <summary>Every problem.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}

/// <summary>Composes the gateway: configuration, log, two listeners.</summary>
internal static class GatewayApplication
{
    /// <summary>Makes a gateway that is ready to be started. Stopping it takes as long as <c>Gateway:Shutdown</c> says.</summary>
    /// <param name="startup">What with.</param>
    /// <exception cref="InvalidConfigurationException">The configuration is not valid.</exception>
    public static IHost Build(GatewayStartup startup)
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

        // a plain host instead of WebApplication: that one puts middleware of its own in front (authentication, routing) and reads appsettings.json of
        // whatever folder it was started in
        return new HostBuilder()
            .UseContentRoot(AppContext.BaseDirectory)
            .UseConsoleLifetime(console => console.SuppressStatusMessages = startup.Logging is not null)
            .UseSystemd() // both take the console's place when the gateway runs as a service
            .UseWindowsService(service => service.ServiceName = "MfaGateway")
            .ConfigureHostOptions(host => host.ShutdownTimeout = options.Shutdown.DrainFor + options.Shutdown.FinishFor)
            .ConfigureAppConfiguration(configuration =>
            {
                foreach (var file in startup.ConfigurationFiles) configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
                configuration.AddEnvironmentVariables();
            })
            .ConfigureServices((context, services) => services.AddGateway(options, sources).AddHostedService<Watchdog>().AddLog(context.Configuration, startup.Logging))
            .ConfigureWebHost(web => web
                .UseKestrel(kestrel => kestrel.UseGatewayListeners(options))
                .Configure(app =>
                {
                    app.MapWhen(context => context.Features.Get<ManagementConnection>() is not null, management => management.UseManagement());
                    app.UseGateway();
                }))
            .Build();
    }

    private static IServiceCollection AddLog(this IServiceCollection services, IConfiguration configuration, Action<ILoggingBuilder>? replacement)
    {
        if (replacement is not null) return services.AddLogging(replacement);
        return services.AddSerilog(log => log
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off) // would make an activity for every request, for lines that are off anyway
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp.ReverseProxy.Forwarder", LogEventLevel.Error) // a line for every request and probe that fails: ServerReports says
            .MinimumLevel.Override("Yarp.ReverseProxy.Health", LogEventLevel.Error) // when trouble with a server begins and ends
            .WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .ReadFrom.Configuration(configuration));
    }
}
