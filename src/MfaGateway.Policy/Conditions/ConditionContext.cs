using System.Collections.Immutable;
using System.Net;

namespace MfaGateway.Policy.Conditions;

/// <summary>What the conditions of one rule are read with: the document's networks, and a list that collects what they will look at.</summary>
internal sealed class ConditionContext(IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks)
{
    public IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> Networks => networks;

    public RequestFacts Facts { get; set; }

    public HashSet<string> Groups { get; } = new(StringComparer.OrdinalIgnoreCase);

    public HashSet<string> ClaimTypes { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes over what one condition looks at.</summary>
    public void Add(PolicyNeeds needs)
    {
        Facts |= needs.Facts;
        Groups.UnionWith(needs.Groups);
        ClaimTypes.UnionWith(needs.ClaimTypes);
    }

    public PolicyNeeds ToNeeds() => new() { Facts = Facts, Groups = Groups, ClaimTypes = ClaimTypes };
}
