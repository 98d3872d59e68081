using System.Text.Json.Nodes;

namespace MfaGateway.Policy.Imports;

/// <summary>Blocks of conditions as a policy document writes them.</summary>
internal static class Blocks
{
    /// <summary>A condition with a list of values.</summary>
    public static JsonObject Of(string condition, params IEnumerable<string> values) => new() { [condition] = List(values) };

    /// <summary>The claim has one of these values.</summary>
    public static JsonObject Claim(string type, IReadOnlyList<string> values) => ClaimTest(values.Count == 1
        ? new JsonObject { ["type"] = type, ["operator"] = "equals", ["value"] = values[0] }
        : new JsonObject { ["type"] = type, ["operator"] = "in", ["value"] = List(values) });

    /// <summary>The claim is there, whatever it says.</summary>
    public static JsonObject HasClaim(string type) => ClaimTest(new JsonObject { ["type"] = type, ["operator"] = "exists" });

    /// <summary>The expression is found in a value of the claim.</summary>
    public static JsonObject ClaimMatches(string type, string expression) =>
        ClaimTest(new JsonObject { ["type"] = type, ["operator"] = "matches", ["value"] = expression });

    public static JsonObject Not(JsonObject block) => new() { ["not"] = block };

    /// <summary>One of the blocks holds.</summary>
    public static JsonObject Any(IReadOnlyList<JsonObject> blocks) => blocks.Count == 1 ? blocks[0] : new JsonObject { ["any"] = new JsonArray([.. blocks]) };

    /// <summary>All blocks hold: side by side where their names differ, else in <c>all</c>.</summary>
    public static JsonObject All(IReadOnlyList<JsonObject> blocks)
    {
        var merged = new JsonObject();
        var clashing = new List<JsonObject>();
        foreach (var block in blocks)
        {
            if (block.Any(condition => merged.ContainsKey(condition.Key) || condition.Key == "all"))
            {
                clashing.Add(block);
                continue;
            }

            foreach (var (name, value) in block)
                merged[name] = value?.DeepClone();
        }

        if (clashing.Count == 1 && merged.Count == 0)
            return clashing[0];
        if (clashing.Count > 0)
            merged["all"] = new JsonArray([.. clashing]);
        return merged;
    }

    public static JsonArray List(IEnumerable<string> values) => [.. values.Distinct(StringComparer.Ordinal).Select(value => JsonValue.Create(value))];

    private static JsonObject ClaimTest(JsonObject test) => new() { ["claim"] = new JsonArray(test) };
}
