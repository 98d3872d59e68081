using System.Text.Json;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Shield;

namespace MfaGateway.Access.Opa;

/// <summary>Reads what Open Policy Agent's Data API answered. An answer that is not exactly one of the three is none: a slip in a policy must not open a door.</summary>
internal static class OpaAnswer
{
    private const int MostRules = 100;
    private const int LongestName = 64;

    /// <exception cref="PolicyEngineException">It is no answer.</exception>
    public static EngineDecision Read(ReadOnlySpan<byte> body, AccessRequest request) =>
        StrictJson.Parse(body) is { } root ? Read(root, request) : throw new PolicyEngineException("its answer is not valid JSON");

    /// <summary>The <c>code</c> of an error, <c>internal_error</c> for example; empty when there is none to be shown.</summary>
    public static string CodeOf(ReadOnlySpan<byte> body) =>
        StrictJson.Parse(body) is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("code", out var code) && IsName(code) ? code.GetString()! : "";

    private static EngineDecision Read(JsonElement root, AccessRequest request)
    {
        if (root.ValueKind is not JsonValueKind.Object) throw new PolicyEngineException("its answer is not an object");
        if (!root.TryGetProperty("result", out var result))
            throw new PolicyEngineException("the rule is undefined: no policy is loaded at Policy:Opa:Path, or no rule there holds and it has no default");
        if (result.ValueKind is not JsonValueKind.Object) throw new PolicyEngineException("the result is not an object with a decision");
        if (!result.TryGetProperty("decision", out var word) || word.ValueKind is not JsonValueKind.String || !Words.Decisions.TryGetValue(word.GetString()!, out var kind))
            throw new PolicyEngineException("the decision is not allow, step-up or deny");

        var rules = Rules(result);
        var reason = Reason(result);
        return kind switch
        {
            DecisionKind.Allow => new EngineDecision(PolicyDecision.Allow(First(rules))) { Rules = rules },
            DecisionKind.StepUp => StepUp(result, reason, rules, request),
            _ => new EngineDecision(PolicyDecision.Deny(reason ?? Reasons.Forbidden, rules is [var first, ..] ? first : null)) { Rules = rules },
        };
    }

    private static EngineDecision StepUp(JsonElement result, string? reason, IReadOnlyList<string>? rules, AccessRequest request)
    {
        if (!result.TryGetProperty("demands", out var json)) throw new PolicyEngineException("a step-up without demands asks for nothing");
        var problems = new List<PolicyProblem>();
        var demands = DemandReader.Read(new DocumentNode(json, "$.result.demands", problems)); // the same words as a document's demand
        if (problems is [var problem, ..]) throw new PolicyEngineException($"the demands are wrong: {problem}");
        if (demands.DeviceManaged || demands.DeviceCompliant) throw new PolicyEngineException("a step-up demands a device, and no sign-in changes a device");
        var demand = new StepUpDemand
        {
            Mfa = demands.Mfa,
            MaxAge = demands.MaxAge,
            Methods = demands.Methods.IsEmpty ? [] : [demands.Methods],
            Contexts = demands.Contexts.IsEmpty ? [] : [demands.Contexts],
        };
        var unmet = demands.Unmet(request);
        reason ??= unmet is Unmet.None ? Reasons.MfaRequired : unmet.Reason();
        return new EngineDecision(PolicyDecision.StepUp(reason, First(rules))) { Demand = demand, Rules = rules };
    }

    /// <summary>A code, because it is what pages, audit lines and their readers are keyed by.</summary>
    private static string? Reason(JsonElement result)
    {
        if (!result.TryGetProperty("reason", out var reason)) return null;
        return IsName(reason) ? reason.GetString() : throw new PolicyEngineException("the reason is not a code of letters, digits, -, _ and ., at most 64 characters");
    }

    private static IReadOnlyList<string>? Rules(JsonElement result)
    {
        if (!result.TryGetProperty("rules", out var rules)) return null;
        if (rules.ValueKind is not JsonValueKind.Array || rules.GetArrayLength() > MostRules || !rules.EnumerateArray().All(IsName))
            throw new PolicyEngineException($"the rules are not a list of at most {MostRules} names of letters, digits, -, _ and ., each at most {LongestName} characters");
        return rules.GetArrayLength() == 0 ? null : [.. rules.EnumerateArray().Select(rule => rule.GetString()!)];
    }

    private static string First(IReadOnlyList<string>? rules) => rules is [var first, ..] ? first : OpaEngine.EngineName;

    private static bool IsName(JsonElement json) =>
        json.ValueKind is JsonValueKind.String && json.GetString() is { Length: > 0 and <= LongestName } text
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
