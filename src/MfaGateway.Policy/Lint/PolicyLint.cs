using System.Globalization;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Lint;

/// <summary>Looks for what a valid document says and its author will hardly have meant.</summary>
internal static class PolicyLint
{
    /// <summary>Everything found, in the order of the document; empty when the document could not be read so far.</summary>
    /// <param name="json">The text of the document.</param>
    /// <param name="document">What the compiler made of it.</param>
    /// <param name="examples">Examples from other files.</param>
    /// <param name="today">For the age of trials.</param>
    /// <param name="trialDays">How many days a rule may be on trial.</param>
    public static IReadOnlyList<LintFinding> Check(string json, PolicyDocument document, IReadOnlyList<PolicyExample> examples, DateOnly today, int trialDays)
    {
        if (document.Draft is not { } policy || DocumentText.Read(json, []) is not { } text)
            return [];
        using var _ = text.Json;
        var rules = policy.Rules.Select((rule, index) => new RuleView(rule, index, Cases.Of(rule, document.Networks))).ToList();
        List<PolicyExample> all = [.. document.Examples.Select(result => result.Example), .. examples];
        List<LintFinding> findings =
        [
            .. RuleChecks.Check(rules), .. NetworkChecks.Check(document.Networks, rules), .. Examples(rules, all),
            .. rules.SelectMany(rule => LongTrial(rule, today, trialDays)),
        ];
        var lines = text.LinesOf(findings.Select(finding => finding.Path).ToHashSet(StringComparer.Ordinal));
        return [.. findings.Select(finding => finding with { Line = lines.TryGetValue(finding.Path, out var line) ? line : null }).OrderBy(finding => finding.Line)];
    }

    private static IEnumerable<LintFinding> Examples(IReadOnlyList<RuleView> rules, List<PolicyExample> examples)
    {
        if (examples.Count == 0)
            return [LintFinding.Warning("no-examples", "$", "The document has no examples, so a slip of the pen goes unnoticed", "Write `examples`; `mfagw policy coverage` shows what they miss")];
        var known = examples.SelectMany(example => example.Request.Subject.Groups).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return rules.Where(rule => rule.Rule.State is not RuleState.Off).SelectMany(rule => rule.Rule.Needs.Groups.Where(group => !known.Contains(group)).Select(group =>
            LintFinding.Warning(
                "unknown-group", $"{rule.Path}.when", $"`{rule.Rule.Id}` names the group {DocumentNode.Quote(group)}, which nobody in the examples is a member of",
                "Check how the identity provider spells it, and add an example with a member")));
    }

    private static IEnumerable<LintFinding> LongTrial(RuleView rule, DateOnly today, int trialDays)
    {
        if (rule.Rule is { State: RuleState.ReportOnly, Since: { } since } && today.DayNumber - since.DayNumber is var days && days > trialDays)
        {
            yield return LintFinding.Warning(
                "long-trial", rule.Path, string.Create(CultureInfo.InvariantCulture, $"`{rule.Rule.Id}` has been on trial for {days} days, since {since:yyyy-MM-dd}"),
                "Turn it `on`, or remove it");
        }
    }
}
