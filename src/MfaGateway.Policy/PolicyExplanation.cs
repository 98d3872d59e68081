namespace MfaGateway.Policy;

/// <summary>Why the policy answers a request as it does.</summary>
public sealed record PolicyExplanation
{
    /// <summary>The answer, the same that <see cref="PolicySet.Decide"/> gives.</summary>
    public required PolicyDecision Decision { get; init; }

    /// <summary>Every rule of the document in its order, also those that are off.</summary>
    public required IReadOnlyList<RuleExplanation> Rules { get; init; }

    /// <summary>The demands that count and are not met.</summary>
    public required IReadOnlyList<DemandExplanation> Demands { get; init; }

    /// <summary>What each report-only rule would do if it alone were put in force.</summary>
    public required IReadOnlyList<ReportOnlyExplanation> ReportOnly { get; init; }

    /// <summary>The answer if all report-only rules were in force; <see langword="null"/> when there are none.</summary>
    public PolicyDecision? ReportOnlyDecision { get; init; }
}
