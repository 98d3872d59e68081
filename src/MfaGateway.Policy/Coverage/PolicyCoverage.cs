using System.Globalization;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Coverage;

/// <summary>What no example has tried: a rule should match in one and not in another, and each of its conditions should say yes in one and no in another.</summary>
/// <param name="Total">How many such things there are.</param>
/// <param name="Gaps">Those that no example shows.</param>
internal sealed record PolicyCoverage(int Total, IReadOnlyList<CoverageGap> Gaps)
{
    /// <summary>The covered share in whole percent, rounded down; 100 when there is nothing to cover.</summary>
    public int Percent => Total == 0 ? 100 : (Total - Gaps.Count) * 100 / Total;

    /// <summary>Asks the policy every example. Rules that are off do not count.</summary>
    public static PolicyCoverage Of(PolicySet policy, IEnumerable<PolicyExample> examples)
    {
        var explanations = examples.Select(example => policy.Explain(example.Request)).ToList();
        var seen = explanations.SelectMany(explanation => explanation.Rules.SelectMany(Said)).ToHashSet();
        // what there is to be seen does not hang on the request, so any will do
        var shape = policy.Explain(new AccessRequest { Subject = AccessSubject.Anonymous, Resource = "" });
        List<CoverageGap> wanted = [.. shape.Rules.SelectMany(Wanted)];
        return new PolicyCoverage(wanted.Count, [.. wanted.Where(gap => !seen.Contains((gap.Path, gap.Says)))]);
    }

    private static IEnumerable<(string Path, Match Says)> Said(RuleExplanation rule, int index) =>
        ConditionLeaf.All(rule, index).Select(leaf => (leaf.Path, leaf.Condition.Says)).Append((PathOf(index), rule.Match));

    private static IEnumerable<CoverageGap> Wanted(RuleExplanation rule, int index)
    {
        if (rule.State is RuleState.Off)
            return [];
        var matches = new CoverageGap(rule.Id, PathOf(index), Match.Yes, "the rule matches in no example");
        if (rule.Conditions.Count == 0)
            return [matches]; // it matches always
        return ConditionLeaf.All(rule, index)
            .SelectMany(leaf => new[]
            {
                new CoverageGap(rule.Id, leaf.Path, Match.Yes, $"`{leaf.Condition.Name}` says yes in no example"),
                new CoverageGap(rule.Id, leaf.Path, Match.No, $"`{leaf.Condition.Name}` says no in no example"),
            })
            .Prepend(matches with { Says = Match.No, What = "there is no example in which the rule does not match" })
            .Prepend(matches);
    }

    private static string PathOf(int index) => string.Create(CultureInfo.InvariantCulture, $"$.rules[{index}]");
}

/// <summary>Something no example shows.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Path">Where in the document.</param>
/// <param name="Says">What nothing makes it say.</param>
/// <param name="What">The gap in words.</param>
internal sealed record CoverageGap(string RuleId, string Path, Match Says, string What);
