using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Lint;

/// <summary>A named condition or its opposite, as far as it can be compared with another one. What is said about two literals is true; much that is true
/// goes unsaid.</summary>
internal sealed class Literal
{
    private const string Address = "address"; // `network` and `source` speak of the same fact

    // A request has one of these, so two lists without a common value cannot both hold.
    private static readonly FrozenSet<string> SingleFacts = FrozenSet.Create("resource", "provider", "client", "platform", "country");

    // Each value of the list stands for itself; of the others only the whole text can be compared.
    private static readonly FrozenSet<string> Lists =
        FrozenSet.Create("resource", "provider", "client", "platform", "country", "user", "group", "device", "path", "method");

    private readonly string _wanted;
    private readonly FrozenSet<string>? _values;
    private readonly ImmutableArray<IPNetwork> _networks;

    private Literal(string fact, string wanted, FrozenSet<string>? values, ImmutableArray<IPNetwork> networks, bool isPositive)
    {
        (Fact, _wanted, _values, _networks, IsPositive) = (fact, wanted, values, networks, isPositive);
    }

    /// <summary>What it speaks of: the condition's name, or <c>address</c>.</summary>
    public string Fact { get; }

    /// <summary>False behind a <c>not</c>.</summary>
    public bool IsPositive { get; }

    public bool IsAboutPlace => Fact is Address or "country";

    public Literal Opposite => new(Fact, _wanted, _values, _networks, !IsPositive);

    public static Literal Of(NamedCondition condition, bool isPositive, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks)
    {
        if (condition.Name is "network" or "source")
        {
            var ranges = Strings(condition).SelectMany(text => condition.Name == "source" ? [IPNetwork.Parse(text)] : networks[text]);
            return new Literal(Address, condition.Wanted, null, [.. ranges], isPositive);
        }

        var comparer = condition.Name == "method" ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var values = Lists.Contains(condition.Name) ? Strings(condition).ToFrozenSet(comparer) : null;
        return new Literal(condition.Name, condition.Wanted, values, [], isPositive);
    }

    public static Literal Resource(string resource) =>
        new("resource", "", FrozenSet.Create(StringComparer.OrdinalIgnoreCase, resource), [], isPositive: true);

    /// <summary>Whether the other one holds whenever this one does.</summary>
    public bool Implies(Literal other)
    {
        if (Fact != other.Fact)
            return false;
        return (IsPositive, other.IsPositive) switch
        {
            (true, true) => other.Includes(this),
            (false, false) => Includes(other),
            (true, false) => IsDisjointFrom(other),
            _ => false, // that something is none of these says nothing of what it is
        };
    }

    public bool Contradicts(Literal other) => Implies(other.Opposite);

    private bool Includes(Literal other)
    {
        if (Fact == Address)
            return AddressRanges.Cover(_networks, other._networks);
        return _values is not null ? _values.IsSupersetOf(other._values!) : _wanted == other._wanted;
    }

    private bool IsDisjointFrom(Literal other)
    {
        if (Fact == Address)
            return AddressRanges.AreDisjoint(_networks, other._networks);
        return SingleFacts.Contains(Fact) && !_values!.Overlaps(other._values!);
    }

    private static IEnumerable<string> Strings(NamedCondition condition) =>
        JsonSerializer.Deserialize<JsonElement>(condition.Wanted).EnumerateArray().Select(value => value.GetString()!);
}
