using System.CommandLine;
using MfaGateway.Host;
using MfaGateway.Lab.Estate;
using MfaGateway.Lab.IdentityProvider;

namespace MfaGateway.Lab;

/// <summary>The command line of the lab.</summary>
internal static class LabCommand
{
    /// <summary>More simulators than any real pool has servers.</summary>
    private const int MaxServers = 50;

    private const int WrongUsage = 2;

    private const string Description = """
        A whole estate on one machine: an identity provider with passwords and one-time codes, Exchange simulators, and the real
        gateway in front of them. Needs nothing but the .NET SDK; everything listens on the loopback interface. Ctrl+C stops it.

        With --sign-on kerberos there is a Samba domain controller as well, Exchange takes nobody without a ticket, and the gateway
        signs people on. That needs root and some packages; it says which are missing.

        Examples:
          dotnet run --project src/MfaGateway.Lab
          dotnet run --project src/MfaGateway.Lab -- --provider entra --port 9443
          dotnet run --project src/MfaGateway.Lab -- --policy my-policy.json
          dotnet run --project src/MfaGateway.Lab -- --sign-on kerberos
          dotnet run --project src/MfaGateway.Lab -- --json --state /tmp/lab
        """;

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Gateway on https://localhost:P, identity provider on P+1, management on P+2, Exchange server n on P+10+n",
        HelpName = "P",
        DefaultValueFactory = _ => new LabOptions().Port,
    };

    private static readonly Option<int> Servers = new("--servers")
    {
        Description = "Number of Exchange simulators",
        HelpName = "N",
        DefaultValueFactory = _ => new LabOptions().Servers,
    };

    private static readonly Option<string> Provider = new("--provider")
    {
        Description = "Whose dialect the identity provider speaks",
        DefaultValueFactory = _ => AdfsDialect.DialectName,
    };

    private static readonly Option<string> SignOn = new("--sign-on")
    {
        Description = "How people are signed on at Exchange: not by the gateway, or with Kerberos",
        DefaultValueFactory = _ => LabOptions.PassThrough,
    };

    private static readonly Option<FileInfo> Policy = new("--policy") { Description = "Policy to use instead of the lab's own", HelpName = "FILE" };

    private static readonly Option<FileInfo> Config = new("--config")
    {
        Description = "Gateway configuration laid over the lab's own: what it names wins",
        HelpName = "FILE",
    };

    private static readonly Option<DirectoryInfo> State = new("--state")
    {
        Description = "Folder for certificates, users, sessions and the audit file",
        HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo(LabOptions.DefaultState),
    };

    private static readonly Option<bool> Json = new("--json") { Description = "When ready, print one line of JSON and nothing else; logs go to standard error" };

    /// <summary>Runs the lab until it is told to stop. 0 after a clean stop, 1 when it cannot start, 2 for wrong usage.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var command = new RootCommand(Description) { Port, Servers, Provider, SignOn, Policy, Config, State, Json };
        Provider.AcceptOnlyFromAmong(AdfsDialect.DialectName, EntraDialect.DialectName);
        SignOn.AcceptOnlyFromAmong(LabOptions.PassThrough, LabOptions.Kerberos);
        Policy.AcceptExistingOnly();
        Config.AcceptExistingOnly();
        command.SetAction((parsed, stop) => RunAsync(OptionsOf(parsed), parsed.GetValue(Json), output, error, stop));
        var parsed = command.Parse(args);
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) };
        var code = await parsed.InvokeAsync(invocation);
        return parsed.Errors.Count > 0 ? WrongUsage : code;
    }

    private static LabOptions OptionsOf(ParseResult parsed) => new()
    {
        Port = parsed.GetValue(Port),
        Servers = parsed.GetValue(Servers),
        Provider = parsed.GetRequiredValue(Provider),
        SignOn = parsed.GetRequiredValue(SignOn),
        Policy = parsed.GetValue(Policy)?.FullName,
        Config = parsed.GetValue(Config)?.FullName,
        State = parsed.GetRequiredValue(State).FullName,
    };

    private static async Task<int> RunAsync(LabOptions options, bool json, TextWriter output, TextWriter error, CancellationToken stop)
    {
        if (Problem(options) is { } problem)
        {
            await error.WriteLineAsync(problem);
            return WrongUsage;
        }

        try
        {
            await using var estate = await LabEstate.StartAsync(options, Logging, stop);
            await output.WriteLineAsync(json ? ReadyLine.For(estate).ToString() : new Welcome(estate, new TotpVerifier(TimeProvider.System)).Text());
            await output.FlushAsync(stop);
            await (json || Console.IsInputRedirected ? Task.Delay(Timeout.Infinite, stop) : ShowCodesAsync(estate, output, stop));
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is LabException or InvalidConfigurationException or IOException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>Fresh codes whenever somebody presses Enter. Keys are looked for instead of waited for, because a waiting console read cannot be cancelled.</summary>
    private static async Task ShowCodesAsync(LabEstate estate, TextWriter output, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (!Console.KeyAvailable || Console.ReadKey(intercept: true).Key is not ConsoleKey.Enter) continue;
            await output.WriteLineAsync(new Welcome(estate, new TotpVerifier(TimeProvider.System)).Codes());
        }
    }

    private static string? Problem(LabOptions options) =>
        options.Servers is < 1 or > MaxServers ? $"--servers {options.Servers} is not from 1 to {MaxServers}."
        : options.Port < 1 || options.Port > LabPorts.Largest(options.Servers) ? $"--port {options.Port} is not from 1 to {LabPorts.Largest(options.Servers)}."
        : null;

    /// <summary>Standard output belongs to the lab's own words.</summary>
    private static void Logging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Microsoft.IdentityModel", LogLevel.Error); // the provider checks audience and issuer itself and tells the library not to
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error); // the lab's keys need no encryption at rest
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
