using System.Text.Json.Nodes;
using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>An explanation as JSON. Others script against the names.</summary>
internal static class ExplanationJson
{
    public static JsonObject Of(PolicyExplanation explanation) => new()
    {
        ["decision"] = explanation.Decision.Kind.ToCode(),
        ["reason"] = explanation.Decision.Reason,
        ["rules"] = new JsonArray([.. explanation.Rules.Select(Rule)]),
        ["demands"] = new JsonArray([.. explanation.Demands.Select(demand => Demand(demand, withRule: true))]),
        ["reportOnly"] = new JsonArray([.. explanation.ReportOnly.Select(ReportOnly)]),
    };

    public static string Code(Match match) => match switch
    {
        Match.Yes => "yes",
        Match.No => "no",
        _ => "error",
    };

    public static string Code(Effect effect) => effect switch
    {
        Effect.Permit => "permit",
        Effect.Require => "require",
        _ => "forbid",
    };

    public static string Code(RuleState state) => state switch
    {
        RuleState.On => "on",
        RuleState.ReportOnly => "report-only",
        _ => "off",
    };

    private static JsonObject Rule(RuleExplanation rule) => new()
    {
        ["id"] = rule.Id,
        ["effect"] = Code(rule.Effect),
        ["state"] = Code(rule.State),
        ["says"] = Code(rule.Match),
        ["applies"] = rule.Applies,
        ["decides"] = rule.Decides,
        ["conditions"] = new JsonArray([.. rule.Conditions.Select(Condition)]),
        ["demands"] = new JsonArray([.. rule.Demands.Select(demand => Demand(demand, withRule: false))]),
    };

    private static JsonObject Condition(ConditionExplanation condition)
    {
        var json = new JsonObject { ["condition"] = condition.Name, ["says"] = Code(condition.Says) };
        if (condition.Wanted.Length == 0)
        {
            json["conditions"] = new JsonArray([.. condition.Conditions.Select(Condition)]);
            return json;
        }

        json["wanted"] = JsonNode.Parse(condition.Wanted);
        json["found"] = condition.Found;
        return json;
    }

    private static JsonObject Demand(DemandExplanation demand, bool withRule)
    {
        var json = new JsonObject();
        if (withRule)
            json["rule"] = demand.RuleId;
        json["demand"] = demand.Name;
        json["wanted"] = demand.Wanted;
        json["found"] = demand.Found;
        json["met"] = demand.Met;
        json["bySigningIn"] = demand.BySigningIn;
        return json;
    }

    private static JsonObject ReportOnly(ReportOnlyExplanation rule) => new()
    {
        ["rule"] = rule.RuleId,
        ["says"] = Code(rule.Match),
        ["applies"] = rule.Applies,
        ["decision"] = rule.Decision.Kind.ToCode(),
        ["reason"] = rule.Decision.Reason,
    };
}
