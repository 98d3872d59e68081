using System.Collections.Immutable;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>any</c>: a Yes beats an Error, an Error beats a No.</summary>
internal sealed class AnyOf(ImmutableArray<ConditionNode> conditions) : ConditionNode
{
    // The answer hangs on no order, so the cheap ones are asked first.
    private readonly ImmutableArray<ConditionNode> _byCost = [.. conditions.OrderBy(condition => condition.Cost)];

    public ImmutableArray<ConditionNode> Conditions => conditions;

    public override int Cost { get; } = conditions.Sum(condition => condition.Cost);

    public override Match Evaluate(AccessRequest request)
    {
        var result = Match.No;
        foreach (var condition in _byCost)
        {
            var says = condition.Evaluate(request);
            if (says is Match.Yes)
                return Match.Yes;
            if (says is Match.Error)
                result = Match.Error;
        }

        return result;
    }

    public override ConditionExplanation Explain(AccessRequest request) =>
        new() { Name = "any", Says = Evaluate(request), Conditions = [.. conditions.Select(condition => condition.Explain(request))] };
}
