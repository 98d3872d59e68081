using System.Collections.Immutable;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>all</c>, and the conditions written side by side: a No beats an Error, an Error beats a Yes. Empty always holds.</summary>
internal sealed class AllOf(ImmutableArray<ConditionNode> conditions) : ConditionNode
{
    // The answer hangs on no order, so the cheap ones are asked first.
    private readonly ImmutableArray<ConditionNode> _byCost = [.. conditions.OrderBy(condition => condition.Cost)];

    public ImmutableArray<ConditionNode> Conditions => conditions;

    public override int Cost { get; } = conditions.Sum(condition => condition.Cost);

    public override Match Evaluate(AccessRequest request)
    {
        var result = Match.Yes;
        foreach (var condition in _byCost)
        {
            var says = condition.Evaluate(request);
            if (says is Match.No)
                return Match.No;
            if (says is Match.Error)
                result = Match.Error;
        }

        return result;
    }

    public override ConditionExplanation Explain(AccessRequest request) =>
        new() { Name = "all", Says = Evaluate(request), Conditions = [.. conditions.Select(condition => condition.Explain(request))] };
}
