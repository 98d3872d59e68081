namespace MfaGateway.Policy.Conditions;

/// <summary>One compiled condition of a rule.</summary>
/// <remarks>A pure function of the request: no input or output, no clock, no state. Called by many threads on every request, so it
/// must not allocate. An exception counts as <see cref="Match.Error"/>.</remarks>
public interface ICondition
{
    /// <summary>Says whether the condition holds.</summary>
    /// <param name="request">The question.</param>
    Match Evaluate(AccessRequest request);

    /// <summary>Says what the request showed, for explanations only: <c>10.1.2.3</c>, <c>Staff, Finance</c>.</summary>
    /// <param name="request">The question.</param>
    string Describe(AccessRequest request);
}
