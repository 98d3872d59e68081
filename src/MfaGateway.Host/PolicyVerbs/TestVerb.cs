using System.Text.Json.Nodes;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy test</c>: is the document valid, and do its examples come out as its author expects?</summary>
internal sealed class TestVerb(InputFiles files, Streams streams)
{
    public async Task<int> RunAsync(string policyFile, bool json, CancellationToken cancellationToken)
    {
        var (text, why) = await files.ReadAsync(policyFile, cancellationToken);
        if (text is null)
        {
            streams.Complain(why);
            return ExitCodes.Usage;
        }

        var document = PolicyCompiler.Compile(text);
        if (json)
            streams.Write(ToJson(document));
        else
            WriteText(policyFile, document);
        return document.Policy is null ? ExitCodes.No : ExitCodes.Fine;
    }

    private void WriteText(string file, PolicyDocument document)
    {
        if (document is { Policy: null, Examples.Count: 0 })
        {
            streams.Problems(file, document.Problems);
            return;
        }

        if (document.Examples.Count == 0)
        {
            streams.Line($"{Streams.Plain(file)} is valid. It has no examples; add some, so that a wrong change is noticed.");
            return;
        }

        streams.Rows(indent: 0, [.. document.Examples.Select(Row)]);
        var failed = document.Examples.Count(result => !result.Passed);
        streams.Line();
        streams.Line($"{document.Examples.Count - failed} passed, {failed} failed");
    }

    private static string[] Row(ExampleResult result) =>
    [
        result.Passed ? "[green]ok[/]" : "[red]FAIL[/]",
        Streams.Plain(result.Example.Name),
        Streams.Coloured(result.Actual),
        Streams.Plain(result.Actual.RuleId ?? result.Actual.Reason),
        result.Passed ? "" : Streams.Plain($"expected {result.Example.Expect.ToCode()} {result.Example.Rule}".TrimEnd()),
    ];

    private static JsonObject ToJson(PolicyDocument document) => new()
    {
        ["valid"] = document.Policy is not null,
        ["passed"] = document.Examples.Count(result => result.Passed),
        ["failed"] = document.Examples.Count(result => !result.Passed),
        ["examples"] = new JsonArray([.. document.Examples.Select(result => new JsonObject
        {
            ["name"] = result.Example.Name,
            ["passed"] = result.Passed,
            ["expected"] = result.Example.Expect.ToCode(),
            ["expectedRule"] = result.Example.Rule,
            ["decision"] = result.Actual.Kind.ToCode(),
            ["reason"] = result.Actual.Reason,
            ["rule"] = result.Actual.RuleId,
        })]),
        ["problems"] = Streams.ProblemsJson(document.Problems),
    };
}
