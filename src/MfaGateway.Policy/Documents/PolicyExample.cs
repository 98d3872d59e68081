namespace MfaGateway.Policy.Documents;

/// <summary>A test the document carries: a request and the answer its author expects.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Request">The question.</param>
/// <param name="Expect">The expected answer.</param>
/// <param name="Rule">The rule expected to decide, or <see langword="null"/> when any may.</param>
public sealed record PolicyExample(string Name, AccessRequest Request, DecisionKind Expect, string? Rule);

/// <summary>An example and the answer the policy gave.</summary>
/// <param name="Example">The example.</param>
/// <param name="Actual">The answer.</param>
public sealed record ExampleResult(PolicyExample Example, PolicyDecision Actual)
{
    /// <summary>Whether the answer, and the rule if one is named, is the expected one.</summary>
    public bool Passed => Actual.Kind == Example.Expect && (Example.Rule is null || Example.Rule == Actual.RuleId);
}
