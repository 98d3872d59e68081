namespace MfaGateway.Policy.Documents;

/// <summary>Reads and runs the examples of a document.</summary>
public static class PolicyExamples
{
    // Any fixed time will do; a policy must pass the same examples on every day. This one is a Wednesday, at noon.
    private static readonly DateTimeOffset Noon = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Needed = ["name", "request", "expect"];

    /// <summary>Asks the policy every example.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="examples">The examples.</param>
    public static IReadOnlyList<ExampleResult> Run(PolicySet policy, IEnumerable<PolicyExample> examples)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(examples);
        return [.. examples.Select(example => new ExampleResult(example, policy.Decide(example.Request)))];
    }

    /// <summary>Reads a file of examples: an object with the key <c>examples</c>, as a document holds it.</summary>
    /// <param name="json">The file. Comments and trailing commas are allowed.</param>
    /// <param name="policy">The policy the examples are for.</param>
    /// <param name="problems">Everything that is wrong with it.</param>
    internal static IReadOnlyList<PolicyExample> ReadFile(string json, PolicySet policy, out IReadOnlyList<PolicyProblem> problems)
    {
        var found = new List<PolicyProblem>();
        problems = found;
        if (DocumentText.Read(json, found) is not { } text)
            return [];
        using var document = text.Json;
        var root = new DocumentNode(document.RootElement, "$", found);
        var fields = root.Fields(Words.ExampleFileKeys);
        if (!fields.TryGetValue("examples", out var list) && found.Count == 0)
            root.Report("`examples` is missing", "Write `{ \"examples\": [ … ] }`, as in a policy document");
        var examples = list.Path is null ? [] : ReadAll(list, policy.Rules);
        problems = text.Locate(found);
        return [.. examples.Select(pair => pair.Example)];
    }

    internal static IReadOnlyList<(PolicyExample Example, DocumentNode Node)> ReadAll(DocumentNode list, IReadOnlyList<Rule> rules) =>
        [.. list.Items().Select(node => (Read(node, rules), node))];

    internal static void ReportFailure(DocumentNode node, ExampleResult result)
    {
        var expected = result.Example.Expect.ToCode() + (result.Example.Rule is { } rule ? $" by rule `{rule}`" : "");
        var actual = result.Actual.Kind.ToCode() + (result.Actual.RuleId is { } decider ? $" by rule `{decider}`" : "");
        node.Report(
            $"the example {DocumentNode.Quote(result.Example.Name)} fails: expected {expected}, but the answer is {actual} ({result.Actual.Reason})",
            "Correct the rules or the example; `mfagw policy explain` shows what every condition says");
    }

    private static PolicyExample Read(DocumentNode node, IReadOnlyList<Rule> rules)
    {
        var fields = node.Fields(Words.ExampleKeys);
        foreach (var key in Needed.Where(key => !fields.ContainsKey(key)))
            node.Report($"`{key}` is missing", "An example needs `name`, `request` and `expect`");
        var ids = rules.Select(rule => rule.Id);
        string? rule = null;
        if (fields.TryGetValue("rule", out var ruleNode) && ruleNode.IsText())
        {
            rule = ruleNode.Text;
            if (!ids.Contains(rule))
                ruleNode.Report($"there is no rule {DocumentNode.Quote(rule)}", () => DidYouMean.Among(ids, rule));
        }

        return new PolicyExample(
            fields.TryGetValue("name", out var name) && name.IsText() ? name.Text : "",
            fields.TryGetValue("request", out var request)
                ? RequestReader.Read(request, Noon, nowIsReal: false)
                : new AccessRequest { Subject = AccessSubject.Anonymous, Resource = "" },
            fields.TryGetValue("expect", out var expect) ? Words.Read(expect, Words.Decisions) ?? DecisionKind.Deny : DecisionKind.Deny,
            rule);
    }
}
