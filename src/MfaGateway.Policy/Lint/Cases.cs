using System.Collections.Immutable;
using System.Net;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Lint;

/// <summary>One way in which a rule can match: literals that all hold.</summary>
internal sealed record Case(ImmutableArray<Literal> Literals)
{
    public bool IsImpossible => Literals.Any(one => Literals.Any(one.Contradicts));

    /// <summary>Whether whatever fits this case fits the other one.</summary>
    public bool Implies(Case other) => other.Literals.All(Implies);

    public bool Implies(Literal literal) => Literals.Any(mine => mine.Implies(literal));

    public Case And(Literal literal) => new(Literals.Add(literal));
}

/// <summary>Takes conditions apart into the ways in which they can hold (disjunctive normal form).</summary>
internal static class Cases
{
    private const int Most = 512;

    /// <summary>The possible cases; null when there are too many to look at.</summary>
    public static IReadOnlyList<Case>? Of(Rule rule, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks) =>
        Of(rule.When, isPositive: true, networks) is { } all ? [.. all.Where(one => !one.IsImpossible)] : null;

    private static IReadOnlyList<Case>? Of(ConditionNode node, bool isPositive, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks) => node switch
    {
        NamedCondition condition => [new Case([Literal.Of(condition, isPositive, networks)])],
        Negation negation => Of(negation.Condition, !isPositive, networks),
        AllOf all => Combine(all.Conditions, isPositive, isPositive, networks),
        AnyOf any => Combine(any.Conditions, !isPositive, isPositive, networks),
        _ => null,
    };

    private static IReadOnlyList<Case>? Combine(
        ImmutableArray<ConditionNode> nodes, bool together, bool isPositive, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks)
    {
        IReadOnlyList<Case>? result = together ? [new Case([])] : [];
        foreach (var node in nodes)
        {
            if (Of(node, isPositive, networks) is not { } cases)
                return null;
            if ((together ? result.Count * cases.Count : result.Count + cases.Count) > Most)
                return null;
            result = together
                ? [.. result.SelectMany(one => cases.Select(other => new Case(one.Literals.AddRange(other.Literals))))]
                : [.. result, .. cases];
        }

        return result;
    }
}
