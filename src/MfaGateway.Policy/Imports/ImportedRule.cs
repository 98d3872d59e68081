using System.Text.Json.Nodes;

namespace MfaGateway.Policy.Imports;

/// <summary>A rule of the document to be written.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Effect"><c>permit</c>, <c>require</c> or <c>forbid</c>.</param>
/// <param name="When">Its conditions.</param>
/// <param name="Demand">Its demands; null for none.</param>
/// <param name="Facts">The facts of a request that meets the conditions.</param>
internal sealed record ImportedRule(string Id, string Effect, JsonObject When, JsonObject? Demand, JsonObject Facts)
{
    public string State { get; init; } = "on";

    /// <summary>The facts of requests that an exclusion keeps from meeting the conditions.</summary>
    public IReadOnlyList<JsonObject> Exempt { get; init; } = [];

    public JsonObject ToJson()
    {
        var rule = new JsonObject { ["id"] = Id, ["effect"] = Effect, ["when"] = When.DeepClone() };
        if (Demand is not null)
            rule["demand"] = Demand.DeepClone();
        if (State != "on")
            rule["state"] = State;
        return rule;
    }
}
