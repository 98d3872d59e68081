namespace MfaGateway.Policy;

/// <summary>What a report-only rule would do if it alone were put in force.</summary>
public sealed record ReportOnlyExplanation
{
    /// <summary>The rule.</summary>
    public required string RuleId { get; init; }

    /// <summary>What its conditions said together.</summary>
    public required Match Match { get; init; }

    /// <summary>Whether it would take part.</summary>
    public required bool Applies { get; init; }

    /// <summary>The answer with this rule in force.</summary>
    public required PolicyDecision Decision { get; init; }
}
