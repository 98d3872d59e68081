using System.Text.Json.Nodes;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Coverage;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy test</c>: is the document valid, and do its examples, and those of other files, come out as their author expects?</summary>
internal sealed class TestVerb(InputFiles files, Streams streams, IReadOnlyList<IConditionFactory> conditions)
{
    public async Task<int> RunAsync(string policyFile, IReadOnlyList<string> exampleFiles, bool json, CancellationToken cancellationToken)
    {
        var (text, why) = await files.ReadAsync(policyFile, cancellationToken);
        if (text is null)
            return streams.Complain([why]);

        var document = PolicyCompiler.Compile(text, conditions);
        if (document.Draft is not { } policy)
        {
            if (json)
                streams.Write(ToJson(document, []));
            else
                streams.Problems(policyFile, document.Problems);
            return ExitCodes.No;
        }

        var (examples, complaints) = await new ExampleFiles(files).ReadAsync(exampleFiles, policy, cancellationToken);
        if (complaints.Count > 0)
            return streams.Complain(complaints);

        var others = PolicyExamples.Run(policy, examples.Select(pair => pair.Example));
        List<Outcome> outcomes =
        [
            .. document.Examples.Select(result => new Outcome(policyFile, result, WhyOf(policy, result))),
            .. others.Zip(examples, (result, pair) => new Outcome(pair.File, result, WhyOf(policy, result))),
        ];
        if (json)
            streams.Write(ToJson(document, outcomes));
        else
            WriteText(policyFile, outcomes);
        return outcomes.TrueForAll(outcome => outcome.Result.Passed) ? ExitCodes.Fine : ExitCodes.No;
    }

    private static IReadOnlyList<string> WhyOf(PolicySet policy, ExampleResult result) => result.Passed ? [] : ExampleDiagnosis.Of(policy, result);

    private void WriteText(string file, List<Outcome> outcomes)
    {
        if (outcomes.Count == 0)
        {
            streams.Line($"{Streams.Plain(file)} is valid. It has no examples; add some, so that a wrong change is noticed.");
            return;
        }

        streams.Rows(indent: 0, [.. outcomes.Select(outcome => Row(outcome.Result))]);
        WriteFailures(outcomes.FindAll(outcome => !outcome.Result.Passed));
        var failed = outcomes.Count(outcome => !outcome.Result.Passed);
        streams.Line();
        streams.Line($"{outcomes.Count - failed} passed, {failed} failed");
    }

    private void WriteFailures(List<Outcome> failures)
    {
        if (failures.Count == 0)
            return;
        streams.Line();
        streams.Rows(indent: 0, [["[bold]failed[/]", "[bold]expected[/]", "[bold]actual[/]", "[bold]because[/]"], .. failures.SelectMany(FailureRows)]);
    }

    private static IEnumerable<string[]> FailureRows(Outcome failure)
    {
        var (example, actual) = (failure.Result.Example, failure.Result.Actual);
        yield return
        [
            Streams.Plain(example.Name),
            Streams.Plain($"{example.Expect.ToCode()} {example.Rule}".TrimEnd()),
            Streams.Plain($"{actual.Kind.ToCode()} {actual.RuleId ?? actual.Reason}"),
            Streams.Plain(failure.Why.Count > 0 ? failure.Why[0] : actual.Reason),
        ];
        foreach (var reason in failure.Why.Skip(1))
            yield return ["", "", "", Streams.Plain(reason)];
    }

    private static string[] Row(ExampleResult result) =>
    [
        result.Passed ? "[green]ok[/]" : "[red]FAIL[/]",
        Streams.Plain(result.Example.Name),
        Streams.Coloured(result.Actual),
        Streams.Plain(result.Actual.RuleId ?? result.Actual.Reason),
        result.Passed ? "" : Streams.Plain($"expected {result.Example.Expect.ToCode()} {result.Example.Rule}".TrimEnd()),
    ];

    private static JsonObject ToJson(PolicyDocument document, List<Outcome> outcomes) => new()
    {
        ["valid"] = document.Policy is not null,
        ["passed"] = outcomes.Count(outcome => outcome.Result.Passed),
        ["failed"] = outcomes.Count(outcome => !outcome.Result.Passed),
        ["examples"] = new JsonArray([.. outcomes.Select(outcome => new JsonObject
        {
            ["file"] = outcome.File,
            ["name"] = outcome.Result.Example.Name,
            ["passed"] = outcome.Result.Passed,
            ["expected"] = outcome.Result.Example.Expect.ToCode(),
            ["expectedRule"] = outcome.Result.Example.Rule,
            ["decision"] = outcome.Result.Actual.Kind.ToCode(),
            ["reason"] = outcome.Result.Actual.Reason,
            ["rule"] = outcome.Result.Actual.RuleId,
            ["because"] = new JsonArray([.. outcome.Why.Select(reason => JsonValue.Create(reason))]),
        })]),
        ["problems"] = Streams.ProblemsJson(document.Problems),
    };

    private sealed record Outcome(string File, ExampleResult Result, IReadOnlyList<string> Why);
}
