using System.CommandLine;
using MfaGateway.Nodes;

namespace MfaGateway.Host.Commands;

/// <summary><c>mfagw run</c>, also without the word.</summary>
internal static class RunCommand
{
    public static void AddTo(RootCommand root)
    {
        var run = new Command("run", "Start the gateway and keep it running until it is told to stop.");
        Configure(run);
        Configure(root);
        root.Subcommands.Add(run);
    }

    private static void Configure(Command command)
    {
        var config = CommandLine.ConfigOption();
        var secrets = CommandLine.SecretsOption();
        command.Options.Add(config);
        command.Options.Add(secrets);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(config), parsed.GetValue(secrets), cancellationToken));
    }

    private static async Task<int> RunAsync(FileInfo config, DirectoryInfo? secrets, CancellationToken cancellationToken)
    {
        try
        {
            using var app = GatewayApplication.Build(new GatewayStartup { ConfigurationFiles = [config.FullName], KeyPerFileFolder = secrets?.FullName });
            await app.RunAsync(cancellationToken);
            return CommandLine.Fine;
        }
        catch (InvalidConfigurationException e)
        {
            CheckCommand.Print(e.Problems, Console.Error);
            return CommandLine.No;
        }
        catch (NodeDisagreementException e)
        {
            CheckCommand.Print([e.Problem], Console.Error);
            return CommandLine.No;
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Another process listens there; stop it, or change Listen.Url or Management.Url.");
            return CommandLine.No;
        }
    }
}
