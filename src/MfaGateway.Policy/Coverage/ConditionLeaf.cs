using System.Globalization;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Coverage;

/// <summary>One named condition of a rule, where it stands in the document, and what it said about a request.</summary>
internal sealed record ConditionLeaf(string RuleId, string Path, ConditionExplanation Condition)
{
    /// <summary>Every named condition of a rule.</summary>
    /// <param name="rule">What the rule said.</param>
    /// <param name="index">Which rule of the document it is.</param>
    public static IEnumerable<ConditionLeaf> All(RuleExplanation rule, int index) => Below(rule.Id, rule.Conditions, When(index), all: true);

    /// <summary>The named conditions that make a rule say what it says.</summary>
    public static IEnumerable<ConditionLeaf> Deciding(RuleExplanation rule, int index) => Together(rule.Id, rule.Match, rule.Conditions, When(index), all: false);

    private static string When(int index) => string.Create(CultureInfo.InvariantCulture, $"$.rules[{index}].when");

    // Side by side, one No is enough for a No, and one Error for an Error; a Yes needs them all.
    private static IEnumerable<ConditionLeaf> Together(string rule, Match says, IReadOnlyList<ConditionExplanation> conditions, string path, bool all) =>
        Below(rule, all || says is Match.Yes ? conditions : [.. conditions.Where(condition => condition.Says == says)], path, all);

    private static IEnumerable<ConditionLeaf> Below(string rule, IReadOnlyList<ConditionExplanation> conditions, string path, bool all) =>
        conditions.SelectMany(condition => Of(rule, condition, path + JsonPath.Step(condition.Name), all));

    private static IEnumerable<ConditionLeaf> Of(string rule, ConditionExplanation condition, string path, bool all)
    {
        if (condition.Wanted.Length > 0)
            return [new ConditionLeaf(rule, path, condition)];
        if (condition.Name == "not")
            return Together(rule, Opposite(condition.Says), condition.Conditions, path, all);

        var blocks = condition.Conditions.Select((block, index) => (block, path: string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")));
        if (!all)
            blocks = blocks.Where(pair => pair.block.Says == condition.Says);
        if (!all && condition is { Name: "any", Says: Match.Yes })
            blocks = blocks.Take(1);
        return blocks.SelectMany(pair => Together(rule, pair.block.Says, pair.block.Conditions, pair.path, all));
    }

    private static Match Opposite(Match says) => says switch
    {
        Match.Yes => Match.No,
        Match.No => Match.Yes,
        _ => Match.Error,
    };
}
