using System.Collections.Immutable;
using System.Net;

namespace MfaGateway.Policy.Lint;

/// <summary>Comparing lists of networks.</summary>
internal static class AddressRanges
{
    public static bool Covers(this IPNetwork outer, IPNetwork inner) =>
        outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);

    /// <summary>Networks either contain each other or have nothing in common.</summary>
    public static bool Overlaps(this IPNetwork one, IPNetwork other) => one.Covers(other) || other.Covers(one);

    /// <summary>Whether each inner network lies in one of the outer ones. Two halves that cover a whole only together go unnoticed.</summary>
    public static bool Cover(ImmutableArray<IPNetwork> outer, ImmutableArray<IPNetwork> inner) => inner.All(network => outer.Any(around => around.Covers(network)));

    public static bool AreDisjoint(ImmutableArray<IPNetwork> one, ImmutableArray<IPNetwork> other) => !one.Any(network => other.Any(its => network.Overlaps(its)));
}
