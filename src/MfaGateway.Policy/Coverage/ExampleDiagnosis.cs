using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Coverage;

/// <summary>Says why an example came out as it did: the conditions, or the demands, that decided.</summary>
internal static class ExampleDiagnosis
{
    private const int MostReasons = 3;

    /// <summary>One line for each condition or demand that decided; of the rule the example names, why that one did not.</summary>
    public static IReadOnlyList<string> Of(PolicySet policy, ExampleResult result)
    {
        var explanation = policy.Explain(result.Example.Request);
        var rules = explanation.Rules.Select((rule, index) => (rule, index)).ToList();
        var expected = rules.Find(pair => pair.rule.Id == result.Example.Rule && !pair.rule.Decides);
        var decider = rules.Find(pair => pair.rule.Decides);
        if (expected.rule is { Applies: false })
            return Conditions(expected);
        if (explanation.Demands.Count > 0)
            return [.. explanation.Demands.Take(MostReasons).Select(demand => $"{demand.RuleId}: {demand.Name} {demand.Wanted}, found {demand.Found}")];
        return decider.rule is not null ? Conditions(decider) : NearestPermit(rules);
    }

    private static IReadOnlyList<string> Conditions((RuleExplanation Rule, int Index) of) => of.Rule switch
    {
        { State: RuleState.Off } => [$"{of.Rule.Id}: the rule is off"],
        { State: RuleState.ReportOnly } => [$"{of.Rule.Id}: the rule is report-only"],
        { Conditions.Count: 0 } => [$"{of.Rule.Id}: the rule has no conditions"],
        _ => [.. ConditionLeaf.Deciding(of.Rule, of.Index).Take(MostReasons).Select(Show)],
    };

    private static IReadOnlyList<string> NearestPermit(List<(RuleExplanation Rule, int Index)> rules)
    {
        var blocked = rules.Where(pair => pair.Rule is { Effect: Effect.Permit, State: RuleState.On })
            .Select(pair => ConditionLeaf.Deciding(pair.Rule, pair.Index).ToList()).MinBy(leaves => leaves.Count);
        return blocked is null ? ["no `permit` is on"] : [.. blocked.Take(MostReasons).Select(Show)];
    }

    private static string Show(ConditionLeaf leaf) =>
        $"{leaf.RuleId}: {leaf.Condition.Name} {leaf.Condition.Wanted} says {Says(leaf.Condition.Says)}, found {leaf.Condition.Found} ({leaf.Path})";

    private static string Says(Match match) => match switch
    {
        Match.Yes => "yes",
        Match.No => "no",
        _ => "cannot tell",
    };
}
