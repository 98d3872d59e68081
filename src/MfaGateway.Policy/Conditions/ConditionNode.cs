namespace MfaGateway.Policy.Conditions;

/// <summary>A node of a rule's <c>when</c>: a named condition, or <c>not</c>, <c>any</c>, <c>all</c>. Three-valued logic (Kleene), so that
/// an error is never turned into an answer by the words around it.</summary>
internal abstract class ConditionNode
{
    /// <summary>How long it takes beside others: a number to sort by.</summary>
    public abstract int Cost { get; }

    public abstract Match Evaluate(AccessRequest request);

    /// <summary>Like <see cref="Evaluate"/>, but asks every condition and keeps what it said.</summary>
    public abstract ConditionExplanation Explain(AccessRequest request);
}
