using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using MfaGateway.Configuration;

namespace MfaGateway.Host.Commands;

/// <summary><c>mfagw check</c>: every mistake in configuration and policy at once, without touching the network.</summary>
internal static class CheckCommand
{
    public static Command Create(TextWriter? output = null)
    {
        var config = CommandLine.ConfigOption();
        var secrets = CommandLine.SecretsOption();
        var plugIns = CommandLine.PlugInsOption(", instead of the one in the configuration");
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command(
            "check",
            """
            Find every mistake in the configuration and the policy it names, all at once, without touching the network.
            Each is printed with its JSON path and the remedy. Exit code 0: valid, 1: not valid.

            Examples:
              mfagw check --config gateway.json
              mfagw check --config gateway.json --json
            """) { config, secrets, plugIns, json };
        command.SetAction(parsed => Check(
            new ConfigurationSources
            {
                Files = [parsed.GetRequiredValue(config).FullName],
                KeyPerFileFolder = parsed.GetValue(secrets)?.FullName,
                Overrides = Overrides(parsed.GetValue(plugIns)),
            },
            parsed.GetValue(json),
            output ?? Console.Out));
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

    private static int Check(ConfigurationSources sources, bool json, TextWriter output)
    {
        var problems = ConfigurationLoader.Load(sources).Problems;
        if (json) output.WriteLine(JsonSerializer.Serialize(new CheckResult(problems.Count == 0, problems), CheckJson.Default.CheckResult));
        else if (problems.Count == 0) output.WriteLine("The configuration is valid.");
        else Print(problems, output);
        return problems.Count == 0 ? CommandLine.Fine : CommandLine.No;
    }
}

internal sealed record CheckResult(bool Valid, IReadOnlyList<ConfigurationProblem> Problems);

[JsonSerializable(typeof(CheckResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class CheckJson : JsonSerializerContext;
