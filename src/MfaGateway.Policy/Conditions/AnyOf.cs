using System.Collections.Immutable;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>any</c>: a Yes beats an Error, an Error beats a No.</summary>
internal sealed class AnyOf(ImmutableArray<ConditionNode> conditions) : ConditionNode
{
    public ImmutableArray<ConditionNode> Conditions => conditions;

    public override Match Evaluate(AccessRequest request)
    {
        var result = Match.No;
        foreach (var condition in conditions)
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
