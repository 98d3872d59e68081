using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using MfaGateway.Configuration;
using MfaGateway.SignOn.Kerberos.Diagnosis;

namespace MfaGateway.Host.Commands;

/// <summary><c>mfagw doctor</c>: tries out what signing on to Exchange needs, and says what is wrong where domain controllers do not.</summary>
internal static class DoctorCommand
{
    public static Command Create(TextWriter? output = null)
    {
        var config = CommandLine.ConfigOption();
        var secrets = CommandLine.SecretsOption();
        var user = new Option<string>("--user") { Description = "A user to sign on on trial, by user principal name.", HelpName = "UPN" };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command(
            "doctor",
            """
            Try out what signing on with Kerberos needs: keytab, domain controllers, clock, the gateway's account, the service, and a user if one is
            named. Nothing is changed, and Exchange is not asked. Exit code 0: all is well, 1: something is wrong, 3: nobody answers.

            Examples:
              mfagw doctor --config gateway.json
              mfagw doctor --config gateway.json --user alice@contoso.com
              mfagw doctor --config gateway.json --user alice@contoso.com --json
            """) { config, secrets, user, json };
        command.SetAction((parsed, cancellationToken) => ExamineAsync(
            new ConfigurationSources { Files = [parsed.GetRequiredValue(config).FullName], KeyPerFileFolder = parsed.GetValue(secrets)?.FullName },
            parsed.GetValue(user),
            parsed.GetValue(json),
            output ?? Console.Out,
            cancellationToken));
        return command;
    }

    private static async Task<int> ExamineAsync(ConfigurationSources sources, string? user, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        var loaded = ConfigurationLoader.Load(sources);
        if (loaded.Options is not { } options)
        {
            if (json) await output.WriteLineAsync(JsonSerializer.Serialize(new CheckResult(false, loaded.Problems), CheckJson.Default.CheckResult));
            else CheckCommand.Print(loaded.Problems, output);
            return CommandLine.No;
        }

        var findings = await KerberosDoctor.ExamineAsync(options, sources.Folder, user, TimeProvider.System, cancellationToken);
        var code = findings.Any(f => f.Outcome is FindingOutcome.Bad) ? CommandLine.No
            : findings.Any(f => f.Outcome is FindingOutcome.Unknown) ? CommandLine.Unreachable
            : CommandLine.Fine;
        if (json) await output.WriteLineAsync(JsonSerializer.Serialize(new DoctorResult(code == CommandLine.Fine, findings), DoctorJson.Default.DoctorResult));
        else await PrintAsync(findings, output);
        return code;
    }

    private static async Task PrintAsync(IReadOnlyList<SignOnFinding> findings, TextWriter output)
    {
        foreach (var finding in findings)
        {
            var mark = finding.Outcome switch { FindingOutcome.Good => "ok", FindingOutcome.Bad => "WRONG", _ => "?" };
            await output.WriteLineAsync($"{mark,-6} {finding.Subject,-18} {finding.Message}{(finding.Code is { } code ? $" [{code}]" : "")}");
            if (finding.Remedy is { } remedy) await output.WriteLineAsync($"{"",-25} → {remedy}");
        }

        var wrong = findings.Count(f => f.Outcome is not FindingOutcome.Good);
        await output.WriteLineAsync(wrong == 0 ? "All is well." : wrong == 1 ? "1 problem." : $"{wrong} problems.");
    }
}

internal sealed record DoctorResult(bool Well, IReadOnlyList<SignOnFinding> Findings);

[JsonSerializable(typeof(DoctorResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class DoctorJson : JsonSerializerContext;
