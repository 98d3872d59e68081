using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>Who gets another answer, in the order in which it is told: what hurts most first.</summary>
internal sealed record ReplayReport(ReplayTally Tally, IReadOnlyList<string> Files)
{
    public IReadOnlyList<AffectedRule> NewlyDenied { get; } = Group(Tally, DecisionKind.Deny);

    public IReadOnlyList<AffectedRule> NewlyAsked { get; } = Group(Tally, DecisionKind.StepUp);

    public IReadOnlyList<AffectedRule> NewlyAllowed { get; } = Group(Tally, DecisionKind.Allow);

    private static AffectedRule[] Group(ReplayTally tally, DecisionKind now) =>
    [
        .. tally.Changes.Where(change => change.Key.Now.Kind == now)
            .GroupBy(change => change.Key.Now, (decision, changes) => new AffectedRule(decision, [.. changes
                .OrderByDescending(change => change.Value.Count).ThenBy(change => change.Key.User, StringComparer.Ordinal).ThenBy(change => change.Key.Was)
                .Select(change => new AffectedUser(change.Key.User, change.Key.Was, change.Value))]))
            .OrderByDescending(rule => rule.Count).ThenBy(rule => rule.Decision.RuleId, StringComparer.Ordinal).ThenBy(rule => rule.Decision.Reason, StringComparer.Ordinal),
    ];
}

/// <summary>What one rule would change.</summary>
/// <param name="Decision">The answer now; its rule decides.</param>
/// <param name="Users">Whom, the most frequent first; twice, who had two different answers before.</param>
internal sealed record AffectedRule(PolicyDecision Decision, IReadOnlyList<AffectedUser> Users)
{
    public long Count { get; } = Users.Sum(user => user.Found.Count);

    public int People { get; } = Users.Select(user => user.User).Distinct(StringComparer.Ordinal).Count();
}

/// <summary>What would change for one person.</summary>
/// <param name="User">Who; empty for nobody.</param>
/// <param name="Was">The answer before.</param>
/// <param name="Found">How often, and a sample.</param>
internal sealed record AffectedUser(string User, DecisionKind Was, Occurrences Found);
