using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

public class AlgebraTests
{
    private const string Permit = """{ "id": "permit", "effect": "permit", "when": { "says": ["yes"] } }""";
    private const string PermitMfa = """{ "id": "permit-mfa", "effect": "permit", "demand": { "mfa": true } }""";
    private const string PermitDevice = """{ "id": "permit-device", "effect": "permit", "demand": { "device": { "managed": true } } }""";
    private const string RequireMfa = """{ "id": "require-mfa", "effect": "require", "demand": { "mfa": true } }""";
    private const string RequireKey = """{ "id": "require-key", "effect": "require", "demand": { "method": ["hwk"] } }""";
    private const string RequireDevice = """{ "id": "require-device", "effect": "require", "demand": { "device": { "managed": true } } }""";
    private const string Forbid = """{ "id": "forbid", "effect": "forbid", "when": { "says": ["yes"] } }""";

    private static PolicyDecision Decide(params string[] rules) => Policies.WithRules(rules).Decide(Policies.Request());

    [Fact]
    public void A_matching_permit_allows() => Assert.Equal(PolicyDecision.Allow("permit"), Decide(Permit));

    [Fact]
    public void A_rule_without_conditions_matches_every_request() =>
        Assert.Equal(PolicyDecision.Allow("p"), Decide("""{ "id": "p", "effect": "permit", "when": {} }"""));

    [Fact]
    public void Without_a_matching_permit_the_answer_is_deny() =>
        Assert.Equal(PolicyDecision.Deny(Reasons.NoRulePermits), Decide("""{ "id": "p", "effect": "permit", "when": { "says": ["no"] } }"""));

    [Fact]
    public void A_require_alone_permits_nothing() => Assert.Equal(PolicyDecision.Deny(Reasons.NoRulePermits), Decide(RequireMfa));

    [Fact]
    public void A_matching_forbid_overrides_a_permit() => Assert.Equal(PolicyDecision.Deny(Reasons.Forbidden, "forbid"), Decide(Permit, Forbid));

    [Fact]
    public void A_forbid_that_does_not_match_has_no_effect() =>
        Assert.Equal(PolicyDecision.Allow("permit"), Decide(Permit, """{ "id": "f", "effect": "forbid", "when": { "says": ["no"] } }"""));

    [Fact]
    public void An_unmet_demand_of_the_permit_steps_up() => Assert.Equal(PolicyDecision.StepUp(Reasons.MfaRequired, "permit-mfa"), Decide(PermitMfa));

    [Fact]
    public void An_unmet_demand_of_a_require_steps_up() => Assert.Equal(PolicyDecision.StepUp(Reasons.MfaRequired, "require-mfa"), Decide(Permit, RequireMfa));

    [Fact]
    public void A_require_that_does_not_match_demands_nothing() =>
        Assert.Equal(PolicyDecision.Allow("permit"), Decide(Permit, """{ "id": "r", "effect": "require", "when": { "says": ["no"] }, "demand": { "mfa": true } }"""));

    [Fact]
    public void An_unmet_device_demand_denies_because_signing_in_cannot_help() =>
        Assert.Equal(PolicyDecision.Deny(Reasons.DeviceRequired, "permit-device"), Decide(PermitDevice));

    [Fact]
    public void An_unmet_device_demand_denies_even_beside_reachable_ones() =>
        Assert.Equal(PolicyDecision.Deny(Reasons.DeviceRequired, "require-device"), Decide(PermitMfa, RequireDevice, RequireKey));

    [Fact]
    public void Every_matching_require_must_be_met_and_all_is_asked_at_once()
    {
        var policy = Policies.WithRules(Permit, RequireMfa, RequireKey);

        var demands = policy.DemandsOf(Policies.Request());

        Assert.True(demands.Mfa);
        Assert.Equal(["hwk"], Assert.Single(demands.Methods));
    }

    [Fact]
    public void One_fully_met_permit_is_enough() => Assert.Equal(PolicyDecision.Allow("permit"), Decide(PermitMfa, PermitDevice, Permit));

    [Fact]
    public void A_reachable_permit_is_chosen_before_an_unreachable_one() =>
        Assert.Equal(PolicyDecision.StepUp(Reasons.MfaRequired, "permit-mfa"), Decide(PermitDevice, PermitMfa));

    [Fact]
    public void Among_reachable_permits_the_one_with_fewest_asks_is_chosen() => Assert.Equal(
        PolicyDecision.StepUp(Reasons.ContextRequired, "one"),
        Decide(
            """{ "id": "two", "effect": "permit", "demand": { "mfa": true, "method": ["hwk"] } }""",
            """{ "id": "one", "effect": "permit", "demand": { "context": ["c1"] } }"""));

    [Fact]
    public void What_a_require_asks_anyway_does_not_count_against_a_permit() => Assert.Equal(
        ["mfa"],
        Policies.WithRules("""{ "id": "context", "effect": "permit", "demand": { "context": ["c1"] } }""", PermitMfa, RequireMfa)
            .Explain(Policies.Request()).Demands.Select(demand => demand.Name).Distinct());

    [Theory]
    [InlineData("off")]
    [InlineData("report-only")]
    public void A_forbid_that_is_not_on_has_no_effect(string state) => Assert.Equal(
        PolicyDecision.Allow("permit"),
        Decide(Permit, $$"""{ "id": "f", "effect": "forbid", "state": "{{state}}" }"""));

    [Theory]
    [InlineData("off")]
    [InlineData("report-only")]
    public void A_permit_that_is_not_on_permits_nothing(string state) => Assert.Equal(
        DecisionKind.Deny,
        Decide($$"""{ "id": "p", "effect": "permit", "state": "{{state}}" }""").Kind);

    [Fact]
    public void Report_only_rules_count_in_the_report_only_decision_and_rules_that_are_off_do_not()
    {
        var policy = Policies.WithRules(Permit, """{ "id": "f", "effect": "forbid", "state": "report-only" }""");
        var off = Policies.WithRules(Permit, """{ "id": "f", "effect": "forbid", "state": "off" }""");

        Assert.True(policy.HasReportOnly);
        Assert.Equal(PolicyDecision.Deny(Reasons.Forbidden, "f"), policy.DecideReportOnly(Policies.Request()));
        Assert.False(off.HasReportOnly);
        Assert.Equal(PolicyDecision.Allow("permit"), off.DecideReportOnly(Policies.Request()));
    }

    [Theory]
    [InlineData("permit", "error", DecisionKind.Deny)]
    [InlineData("permit", "throw", DecisionKind.Deny)]
    [InlineData("permit", "nonsense", DecisionKind.Deny)]
    [InlineData("forbid", "error", DecisionKind.Deny)]
    [InlineData("forbid", "throw", DecisionKind.Deny)]
    [InlineData("forbid", "nonsense", DecisionKind.Deny)]
    [InlineData("require", "error", DecisionKind.StepUp)]
    [InlineData("require", "throw", DecisionKind.StepUp)]
    public void A_condition_that_errors_is_read_in_the_safe_direction(string effect, string says, DecisionKind expected)
    {
        var demand = effect == "require" ? """, "demand": { "mfa": true }""" : "";
        var doubtful = $$"""{ "id": "x", "effect": "{{effect}}", "when": { "says": ["{{says}}"] }{{demand}} }""";

        var decision = effect == "permit" ? Decide(doubtful) : Decide(Permit, doubtful);

        Assert.Equal(expected, decision.Kind);
    }

    [Theory]
    [InlineData(""" "not": { "says": ["error"] } """, Match.Error)]
    [InlineData(""" "not": { "says": ["yes"] } """, Match.No)]
    [InlineData(""" "not": { "says": ["no"] } """, Match.Yes)]
    [InlineData(""" "all": [ { "says": ["error"] }, { "says": ["no"] } ] """, Match.No)]
    [InlineData(""" "all": [ { "says": ["error"] }, { "says": ["yes"] } ] """, Match.Error)]
    [InlineData(""" "all": [ { "says": ["yes"] }, { "says": ["yes"] } ] """, Match.Yes)]
    [InlineData(""" "any": [ { "says": ["error"] }, { "says": ["yes"] } ] """, Match.Yes)]
    [InlineData(""" "any": [ { "says": ["error"] }, { "says": ["no"] } ] """, Match.Error)]
    [InlineData(""" "any": [ { "says": ["no"] }, { "says": ["no"] } ] """, Match.No)]
    [InlineData(""" "says": ["yes"], "not": { "any": [ { "says": ["no"] }, { "says": ["throw"] } ] } """, Match.Error)]
    [InlineData(""" "says": ["no"], "not": { "any": [ { "says": ["no"] }, { "says": ["throw"] } ] } """, Match.No)]
    public void Nested_conditions_keep_an_error_an_error(string when, Match expected) =>
        Assert.Equal(expected, Policies.PermitWhen(when).Explain(Policies.Request()).Rules[0].Match);
}
