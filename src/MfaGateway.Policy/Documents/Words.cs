using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MfaGateway.Policy.Documents;

/// <summary>Every key and every fixed value a policy document may hold. The published JSON schema is tested against these.</summary>
internal static class Words
{
    public static readonly ImmutableArray<string> DocumentKeys = ["$schema", "version", "state", "networks", "rules", "examples"];
    public static readonly ImmutableArray<string> RuleKeys = ["id", "effect", "when", "demand", "state", "since"];
    public static readonly ImmutableArray<string> DemandKeys = ["mfa", "method", "context", "maxAge", "device"];
    public static readonly ImmutableArray<string> DeviceKeys = ["managed", "compliant"];
    public static readonly ImmutableArray<string> ClaimKeys = ["type", "operator", "value"];
    public static readonly ImmutableArray<string> TimeKeys = ["weekdays", "from", "to", "timeZone"];
    public static readonly ImmutableArray<string> ExampleFileKeys = ["$schema", "examples"];
    public static readonly ImmutableArray<string> ExampleKeys = ["name", "request", "expect", "rule"];

    public static readonly ImmutableArray<string> RequestKeys =
    [
        "resource", "user", "groups", "methods", "contexts", "mfa", "mfaAge", "mfaAt", "now", "source", "provider", "claims", "path", "method", "device",
        "country", "client", "platform",
    ];

    public static readonly ImmutableArray<string> Operators = ["equals", "in", "exists", "matches"];

    public static readonly FrozenDictionary<string, DayOfWeek> Weekdays =
        Enum.GetValues<DayOfWeek>().ToFrozenDictionary(day => day.ToString().ToLowerInvariant());

    public static readonly FrozenDictionary<string, Effect> Effects = new Dictionary<string, Effect>
    {
        ["permit"] = Effect.Permit,
        ["require"] = Effect.Require,
        ["forbid"] = Effect.Forbid,
    }.ToFrozenDictionary();

    public static readonly FrozenDictionary<string, RuleState> States = new Dictionary<string, RuleState>
    {
        ["on"] = RuleState.On,
        ["report-only"] = RuleState.ReportOnly,
        ["off"] = RuleState.Off,
    }.ToFrozenDictionary();

    /// <summary>States of a whole document. One that is off would be no document.</summary>
    public static readonly FrozenDictionary<string, RuleState> DocumentStates = States.Where(state => state.Value is not RuleState.Off).ToFrozenDictionary();

    public static readonly FrozenDictionary<string, DecisionKind> Decisions =
        new[] { DecisionKind.Allow, DecisionKind.StepUp, DecisionKind.Deny }.ToFrozenDictionary(kind => kind.ToCode());

    /// <summary>HTTP verbs: RFC 9110 section 9.1 and RFC 5789.</summary>
    public static readonly ImmutableArray<string> Verbs = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>The value behind one of a few fixed words; reports any other word.</summary>
    public static T? Read<T>(DocumentNode node, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        if (!node.IsText())
            return null;
        if (words.TryGetValue(node.Text, out var value))
            return value;
        node.Report($"unknown value {DocumentNode.Quote(node.Text)}", () => DidYouMean.Among(words.Keys, node.Text));
        return null;
    }
}
