using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MfaGateway.Host.Commands;
using MfaGateway.Policy.Coverage;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy coverage</c>: which rules and which conditions does no example try?</summary>
internal sealed class CoverageVerb(PolicyInput input, Streams streams)
{
    public static Command Create(InputFiles files)
    {
        var (policy, examples, json) = (PolicyCommands.PolicyOption(), PolicyCommands.ExamplesOption(), PolicyCommands.JsonOption());
        var plugIns = CommandLine.PlugInsOption();
        var minimum = new Option<int>("--minimum") { HelpName = "PERCENT", Description = "Exit with 1 when less is covered. Default 0." };
        minimum.Validators.Add(result =>
        {
            // what is no number at all the parser itself refuses; asking it for the value here would throw
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var percent) && percent is < 0 or > 100)
                result.AddError("--minimum is a whole number from 0 to 100.");
        });
        var command = new Command("coverage", """
            Say which rules and conditions no example exercises: a rule should match in one example and not in another, and each of its conditions
            should say yes in one and no in another. Exit code 0, or 1 when the document is invalid or less than the minimum is covered.

            Examples:
              mfagw policy coverage --policy policy.json
              mfagw policy coverage --policy policy.json --examples examples/*.json --minimum 90
            """) { policy, examples, minimum, plugIns, json };
        command.SetAction((parse, cancellationToken) => PlugInOption.RunAsync(parse, plugIns, files, (input, streams) => new CoverageVerb(input, streams).RunAsync(
            parse.GetRequiredValue(policy), parse.GetValue(examples) ?? [], parse.GetValue(minimum), parse.GetValue(json), cancellationToken)));
        return command;
    }

    private async Task<int> RunAsync(string policyFile, IReadOnlyList<string> exampleFiles, int minimum, bool json, CancellationToken cancellationToken)
    {
        var (open, exit) = await input.OpenDraftAsync(policyFile, exampleFiles, json, cancellationToken);
        if (open is null)
            return exit;

        List<PolicyExample> all = [.. open.Document.Examples.Select(result => result.Example), .. open.OtherExamples];
        var coverage = PolicyCoverage.Of(open.Policy, all);
        if (json)
            streams.Write(ToJson(coverage, all.Count, minimum));
        else
            WriteText(coverage, all.Count, minimum);
        return coverage.Percent >= minimum ? ExitCodes.Fine : ExitCodes.No;
    }

    private void WriteText(PolicyCoverage coverage, int examples, int minimum)
    {
        streams.Rows(indent: 0, [.. coverage.Gaps.Select(gap => new[] { Streams.Plain(gap.RuleId), Streams.Plain(gap.Path), Streams.Plain(gap.What) })]);
        if (coverage.Gaps.Count > 0)
            streams.Line();
        var wanted = coverage.Percent < minimum ? string.Create(CultureInfo.InvariantCulture, $", [red]wanted {minimum} %[/]") : "";
        streams.Line(string.Create(
            CultureInfo.InvariantCulture, $"{coverage.Total - coverage.Gaps.Count} of {coverage.Total} covered by {Streams.Count(examples, "example")}: {coverage.Percent} %{wanted}"));
    }

    private static JsonObject ToJson(PolicyCoverage coverage, int examples, int minimum) => new()
    {
        ["percent"] = coverage.Percent,
        ["minimum"] = minimum,
        ["covered"] = coverage.Total - coverage.Gaps.Count,
        ["total"] = coverage.Total,
        ["examples"] = examples,
        ["gaps"] = new JsonArray([.. coverage.Gaps.Select(gap => new JsonObject
        {
            ["rule"] = gap.RuleId,
            ["path"] = gap.Path,
            ["never"] = ExplanationJson.Code(gap.Says),
            ["what"] = gap.What,
        })]),
    };
}
