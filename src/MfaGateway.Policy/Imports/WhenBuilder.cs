using System.Text.Json.Nodes;

namespace MfaGateway.Policy.Imports;

/// <summary>Collects the conditions of one imported rule, and beside them the facts of requests for the examples: one that meets the
/// conditions, and one for each way not to.</summary>
internal sealed class WhenBuilder
{
    private readonly List<JsonObject> _includes = [];
    private readonly List<JsonObject> _excludes = [];
    private readonly List<(string Name, JsonNode Value)> _exemptions = [];

    /// <summary>The facts of a request that meets the conditions.</summary>
    public JsonObject Facts { get; } = [];

    /// <summary>The facts of requests that would meet the conditions, were it not for an exclusion.</summary>
    public IReadOnlyList<JsonObject> Exempt => [.. _exemptions.Select(fact => Facts.DeepClone().AsObject().With(fact.Name, fact.Value))];

    /// <summary>A block that must hold, with facts that meet it.</summary>
    public WhenBuilder Include(JsonObject block, params IEnumerable<(string Name, JsonNode Value)> facts)
    {
        _includes.Add(block);
        foreach (var (name, value) in facts)
            Facts.With(name, value);
        return this;
    }

    /// <summary>A block that must not hold, with a fact that meets it.</summary>
    public void Exclude(JsonObject block, params IEnumerable<(string Name, JsonNode Value)> facts)
    {
        _excludes.Add(block);
        _exemptions.AddRange(facts);
    }

    public JsonObject Build() =>
        Blocks.All(_excludes.Count == 0 ? _includes : [.. _includes, Blocks.Not(Blocks.Any(_excludes))]);
}

/// <summary>Adding facts to a request.</summary>
internal static class RequestFactExtensions
{
    /// <summary>Adds a fact: to a list of facts or to an object what is not in it, anything else in place of what was there.</summary>
    public static JsonObject With(this JsonObject facts, string name, JsonNode value)
    {
        facts[name] = (facts[name], value) switch
        {
            (JsonArray known, JsonArray more) => Blocks.List(known.Concat(more).Select(item => item!.GetValue<string>())),
            (JsonObject known, JsonObject more) => new JsonObject(
                more.Concat(known).DistinctBy(entry => entry.Key).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))),
            _ => value.DeepClone(),
        };
        return facts;
    }
}
