using System.CommandLine;
using System.Text.Json.Nodes;
using MfaGateway.Host.Commands;
using MfaGateway.Policy.Lint;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy lint</c>: what does a valid document say that its author will hardly have meant?</summary>
internal sealed class LintVerb(PolicyInput input, Streams streams, TimeProvider time)
{
    private const int UsualTrial = 30;

    public static Command Create(InputFiles files, TimeProvider time)
    {
        var (policy, examples, json) = (PolicyCommands.PolicyOption(), PolicyCommands.ExamplesOption(), PolicyCommands.JsonOption());
        var plugIns = CommandLine.PlugInsOption();
        var trialDays = new Option<int>("--trial-days")
        {
            HelpName = "DAYS", Description = "How long a rule may be report-only by its own `since`. Default 30.", DefaultValueFactory = _ => UsualTrial,
        };
        var command = new Command("lint", """
            Point at rules that can never match, are shadowed, permit without a second factor, open the admin center to everywhere, and the like; each
            with its code, path, reason and remedy. Exit code 0 when there are at most warnings, 1 for errors or an invalid document.

            Examples:
              mfagw policy lint --policy policy.json
              mfagw policy lint --policy policy.json --examples examples/*.json --json
            """) { policy, examples, trialDays, plugIns, json };
        command.SetAction((parse, cancellationToken) => PlugInOption.RunAsync(parse, plugIns, files, (input, streams) => new LintVerb(input, streams, time).RunAsync(
            parse.GetRequiredValue(policy), parse.GetValue(examples) ?? [], parse.GetValue(trialDays), parse.GetValue(json), cancellationToken)));
        return command;
    }

    private async Task<int> RunAsync(string policyFile, IReadOnlyList<string> exampleFiles, int trialDays, bool json, CancellationToken cancellationToken)
    {
        var (open, exit) = await input.OpenDraftAsync(policyFile, exampleFiles, json, cancellationToken);
        if (open is null)
            return exit;

        var (document, examples) = (open.Document, open.OtherExamples);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        List<LintFinding> findings =
        [
            .. document.Problems.Select(problem => LintFinding.Error("failing-example", problem.Path, problem.Message, problem.Remedy) with { Line = problem.Line }),
            .. PolicyLint.Check(open.Text, document, examples, today, trialDays),
        ];
        if (json)
            streams.Write(ToJson(findings));
        else
            WriteText(policyFile, findings);
        return findings.Exists(finding => finding.IsError) ? ExitCodes.No : ExitCodes.Fine;
    }

    private void WriteText(string file, List<LintFinding> findings)
    {
        foreach (var finding in findings)
        {
            var level = finding.IsError ? "[red]error[/]" : "[yellow]warning[/]";
            streams.Line($"{level} {finding.Id} at [bold]{Streams.Plain(finding.Path)}[/]{(finding.Line is { } line ? $", line {line}" : "")}");
            streams.Line($"  {Streams.Plain(finding.Why)}");
            streams.Line($"  [dim]{Streams.Plain(finding.Remedy)}[/]");
            streams.Line();
        }

        var errors = findings.Count(finding => finding.IsError);
        streams.Line(findings.Count == 0 ? $"{Streams.Plain(file)}: nothing to find fault with" : $"{Streams.Count(errors, "error")}, {Streams.Count(findings.Count - errors, "warning")}");
    }

    private static JsonObject ToJson(List<LintFinding> findings) => new()
    {
        ["errors"] = findings.Count(finding => finding.IsError),
        ["warnings"] = findings.Count(finding => !finding.IsError),
        ["findings"] = new JsonArray([.. findings.Select(finding => new JsonObject
        {
            ["id"] = finding.Id,
            ["level"] = finding.IsError ? "error" : "warning",
            ["path"] = finding.Path,
            ["line"] = finding.Line,
            ["why"] = finding.Why,
            ["remedy"] = finding.Remedy,
        })]),
    };
}
