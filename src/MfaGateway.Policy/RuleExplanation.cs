namespace MfaGateway.Policy;

/// <summary>What one rule said about a request.</summary>
public sealed record RuleExplanation
{
    /// <summary>The rule's name in the document.</summary>
    public required string Id { get; init; }

    /// <summary>What the rule does when it applies.</summary>
    public required Effect Effect { get; init; }

    /// <summary>Whether the rule counts at all.</summary>
    public required RuleState State { get; init; }

    /// <summary>What its conditions said together.</summary>
    public required Match Match { get; init; }

    /// <summary>Whether the rule takes part: it is on, and matches or, in a <c>forbid</c> or <c>require</c>, could not tell.</summary>
    public required bool Applies { get; init; }

    /// <summary>Whether this rule is the one named in the decision.</summary>
    public required bool Decides { get; init; }

    /// <summary>The conditions of the rule; all must hold. Empty when the rule has none and so always matches.</summary>
    public required IReadOnlyList<ConditionExplanation> Conditions { get; init; }

    /// <summary>The demands of the rule.</summary>
    public required IReadOnlyList<DemandExplanation> Demands { get; init; }

    internal static RuleExplanation Of(Rule rule, AccessRequest request, PolicyDecision decision)
    {
        var when = rule.When.Explain(request);
        return new RuleExplanation
        {
            Id = rule.Id,
            Effect = rule.Effect,
            State = rule.State,
            Match = when.Says,
            Applies = rule.State is RuleState.On && rule.Applies(when.Says),
            Decides = decision.RuleId == rule.Id,
            Conditions = when.Conditions,
            Demands = DemandExplanation.Of(rule, request),
        };
    }
}
