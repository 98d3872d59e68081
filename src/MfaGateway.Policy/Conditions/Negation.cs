namespace MfaGateway.Policy.Conditions;

/// <summary><c>not</c>: swaps Yes and No; the opposite of an Error is an Error.</summary>
internal sealed class Negation(ConditionNode condition) : ConditionNode
{
    public ConditionNode Condition => condition;

    public override int Cost => condition.Cost;

    public override Match Evaluate(AccessRequest request) => condition.Evaluate(request) switch
    {
        Match.Yes => Match.No,
        Match.No => Match.Yes,
        _ => Match.Error,
    };

    public override ConditionExplanation Explain(AccessRequest request)
    {
        var inner = condition.Explain(request);
        return new() { Name = "not", Says = Evaluate(request), Conditions = inner.Conditions };
    }
}
