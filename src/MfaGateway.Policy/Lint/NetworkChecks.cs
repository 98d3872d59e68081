using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Lint;

/// <summary>Named networks that overlap, hold everybody, or are named for nothing.</summary>
internal static class NetworkChecks
{
    public static IEnumerable<LintFinding> Check(IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks, IReadOnlyList<RuleView> rules)
    {
        var named = networks.OrderBy(network => network.Key, StringComparer.Ordinal).ToList();
        var used = rules.SelectMany(rule => Names(rule.Rule.When)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. named.SelectMany((network, index) => named.Skip(index + 1).SelectMany(other => Overlap(network, other))),
            .. named.SelectMany(Repeated),
            .. named.SelectMany(Everybody),
            .. named.Where(network => !used.Contains(network.Key)).Select(network => LintFinding.Warning(
                "unused-network", PathOf(network.Key), $"No rule names the network `{network.Key}`", "Name it in a `network` condition, or remove it")),
        ];
    }

    private static IEnumerable<LintFinding> Overlap(KeyValuePair<string, ImmutableArray<IPNetwork>> one, KeyValuePair<string, ImmutableArray<IPNetwork>> other) =>
        Pairs(one.Value, other.Value).Take(1).Select(pair => LintFinding.Warning(
            "overlapping-networks", PathOf(other.Key), $"`{other.Key}` ({pair.Other}) and `{one.Key}` ({pair.One}) have addresses in common, which are in both",
            "Cut one of them, unless one is meant to be a part of the other"));

    private static IEnumerable<LintFinding> Repeated(KeyValuePair<string, ImmutableArray<IPNetwork>> network) => network.Value
        .SelectMany((range, index) => Pairs([range], network.Value.RemoveRange(0, index + 1))).Take(1)
        .Select(pair => LintFinding.Warning(
            "repeated-range", PathOf(network.Key), $"{pair.One} and {pair.Other} of `{network.Key}` have addresses in common", "Keep the larger one"));

    private static IEnumerable<LintFinding> Everybody(KeyValuePair<string, ImmutableArray<IPNetwork>> network) => network.Value.Where(range => range.PrefixLength == 0)
        .Select(range => LintFinding.Warning(
            "network-of-everybody", PathOf(network.Key), $"{range} in `{network.Key}` holds everybody", "List the networks that are yours"));

    private static IEnumerable<(IPNetwork One, IPNetwork Other)> Pairs(ImmutableArray<IPNetwork> ones, ImmutableArray<IPNetwork> others) =>
        ones.SelectMany(one => others.Where(other => one.Overlaps(other)).Select(other => (one, other)));

    private static string PathOf(string name) => $"$.networks{JsonPath.Step(name)}";

    private static IEnumerable<string> Names(ConditionNode node) => node switch
    {
        NamedCondition { Name: "network" } condition => JsonSerializer.Deserialize<JsonElement>(condition.Wanted).EnumerateArray().Select(name => name.GetString()!),
        Negation negation => Names(negation.Condition),
        AllOf all => all.Conditions.SelectMany(Names),
        AnyOf any => any.Conditions.SelectMany(Names),
        _ => [],
    };
}
