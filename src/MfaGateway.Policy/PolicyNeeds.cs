using System.Collections.Frozen;

namespace MfaGateway.Policy;

/// <summary>What a policy looks at: the facts that must be looked up for it, and the groups and claims worth recording with its decisions.</summary>
public sealed record PolicyNeeds
{
    /// <summary>Nothing.</summary>
    public static PolicyNeeds None { get; } = new();

    /// <summary>The facts to look up.</summary>
    public RequestFacts Facts { get; init; }

    /// <summary>The groups the policy names, compared without regard to case.</summary>
    public IReadOnlySet<string> Groups { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The claim types the policy names, compared exactly.</summary>
    public IReadOnlySet<string> ClaimTypes { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether any of it is among the others.</summary>
    internal bool Overlaps(PolicyNeeds others) =>
        (Facts & others.Facts) != RequestFacts.None || Groups.Overlaps(others.Groups) || ClaimTypes.Overlaps(others.ClaimTypes);

    /// <summary>What several policies need together.</summary>
    /// <param name="all">The needs of each.</param>
    public static PolicyNeeds Union(IEnumerable<PolicyNeeds> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var needs = all.ToList();
        return new PolicyNeeds
        {
            Facts = needs.Aggregate(RequestFacts.None, (facts, one) => facts | one.Facts),
            Groups = needs.SelectMany(one => one.Groups).ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            ClaimTypes = needs.SelectMany(one => one.ClaimTypes).ToFrozenSet(StringComparer.Ordinal),
        };
    }
}
