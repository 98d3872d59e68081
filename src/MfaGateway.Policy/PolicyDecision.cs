namespace MfaGateway.Policy;

/// <summary>The answer of the policy. Only the factories build one, and <c>default</c> denies.</summary>
public readonly record struct PolicyDecision
{
    private readonly string? _reason;

    private PolicyDecision(DecisionKind kind, string reason, string? ruleId)
    {
        Kind = kind;
        _reason = reason;
        RuleId = ruleId;
    }

    /// <summary>The answer.</summary>
    public DecisionKind Kind { get; }

    /// <summary>Why: a code from <see cref="Reasons"/>, never free text.</summary>
    public string Reason => _reason ?? Reasons.NotDecided;

    /// <summary>The rule that decided, or <see langword="null"/> when no rule did.</summary>
    public string? RuleId { get; }

    /// <summary>Every demand is met.</summary>
    /// <param name="ruleId">The rule that permits.</param>
    public static PolicyDecision Allow(string ruleId) => new(DecisionKind.Allow, Reasons.Permitted, ruleId);

    /// <summary>Signing in again can meet what is missing.</summary>
    /// <param name="reason">A code from <see cref="Reasons"/>.</param>
    /// <param name="ruleId">The rule whose demand is not met.</param>
    public static PolicyDecision StepUp(string reason, string ruleId) => new(DecisionKind.StepUp, reason, ruleId);

    /// <summary>Refused.</summary>
    /// <param name="reason">A code from <see cref="Reasons"/>.</param>
    /// <param name="ruleId">The rule that refuses, if it was one.</param>
    public static PolicyDecision Deny(string reason, string? ruleId = null) => new(DecisionKind.Deny, reason, ruleId);
}
