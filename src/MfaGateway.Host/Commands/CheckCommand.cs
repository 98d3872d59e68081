using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using MfaGateway.Configuration;
using MfaGateway.Nodes;

namespace MfaGateway.Host.Commands;

/// <summary><c>mfagw check</c>: every mistake in configuration and policy at once, without touching the network unless asked to.</summary>
internal static class CheckCommand
{
    public static Command Create(TextWriter? output = null)
    {
        var config = CommandLine.ConfigOption();
        var secrets = CommandLine.SecretsOption();
        var plugIns = CommandLine.PlugInsOption(", instead of the one in the configuration");
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var online = new Option<bool>("--online") { Description = "Also ask the Redis it names whether this gateway and the others understand each other." };
        var command = new Command(
            "check",
            """
            Find every mistake in the configuration and the policy it names, all at once, without touching the network.
            Each is printed with its JSON path and the remedy. Exit code 0: valid, 1: not valid, 3: Redis does not answer (--online).

            Examples:
              mfagw check --config gateway.json
              mfagw check --config gateway.json --json
              mfagw check --config gateway.json --online     before this gateway joins others
            """) { config, secrets, plugIns, json, online };
        command.SetAction((parsed, cancellationToken) => CheckAsync(
            new ConfigurationSources
            {
                Files = [parsed.GetRequiredValue(config).FullName],
                KeyPerFileFolder = parsed.GetValue(secrets)?.FullName,
                Overrides = Overrides(parsed.GetValue(plugIns)),
            },
            parsed.GetValue(online),
            parsed.GetValue(json),
            output ?? Console.Out,
            cancellationToken));
        return command;
    }

    public static void Print(IReadOnlyList<ConfigurationProblem> problems, TextWriter output)
    {
        foreach (var problem in problems)
        {
            output.WriteLine(problem.Path);
            output.WriteLine($"  {problem.Message}");
            output.WriteLine($"  → {problem.Remedy}");
        }

        output.WriteLine(problems.Count == 1 ? "1 problem." : $"{problems.Count} problems.");
    }

    private static Dictionary<string, string?> Overrides(DirectoryInfo? plugIns) =>
        plugIns is null ? [] : new() { ["Gateway:Policy:PlugIns"] = plugIns.FullName };

    private static async Task<int> CheckAsync(ConfigurationSources sources, bool online, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        var loaded = ConfigurationLoader.Load(sources);
        var problems = loaded.Problems;
        try
        {
            if (online && problems.Count == 0 && await AskOthersAsync(sources, cancellationToken) is { } problem) problems = [problem];
        }
        catch (NodesUnreachableException e)
        {
            await output.WriteLineAsync(e.Message);
            return CommandLine.Unreachable;
        }

        if (json) await output.WriteLineAsync(JsonSerializer.Serialize(new CheckResult(problems.Count == 0, problems), CheckJson.Default.CheckResult));
        else if (problems.Count == 0) await output.WriteLineAsync("The configuration is valid.");
        else Print(problems, output);
        return problems.Count == 0 ? CommandLine.Fine : CommandLine.No;
    }

    private static async Task<ConfigurationProblem?> AskOthersAsync(ConfigurationSources sources, CancellationToken cancellationToken)
    {
        var startup = new GatewayStartup
        {
            ConfigurationFiles = sources.Files, KeyPerFileFolder = sources.KeyPerFileFolder, Overrides = sources.Overrides, Logging = _ => { },
        };
        using var gateway = GatewayApplication.Build(startup); // built, not started
        return await NodeCheck.FindProblemAsync(gateway.Services, cancellationToken);
    }
}

internal sealed record CheckResult(bool Valid, IReadOnlyList<ConfigurationProblem> Problems);

[JsonSerializable(typeof(CheckResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class CheckJson : JsonSerializerContext;
