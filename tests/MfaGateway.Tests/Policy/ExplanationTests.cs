using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

public class ExplanationTests
{
    [Fact]
    public void Every_condition_is_asked_even_when_an_earlier_one_settles_the_rule()
    {
        var policy = Policies.PermitWhen(""" "resource": ["ecp"], "group": ["Staff"], "not": { "source": ["10.0.0.0/8"] } """);

        var rule = policy.Explain(Policies.Request()).Rules[0];

        Assert.Equal([("resource", Match.No), ("group", Match.Yes), ("not", Match.No)], rule.Conditions.Select(condition => (condition.Name, condition.Says)));
        Assert.Equal(("source", "10.1.2.3"), (rule.Conditions[2].Conditions[0].Name, rule.Conditions[2].Conditions[0].Found));
    }

    [Fact]
    public void Rules_that_are_off_are_shown_and_do_not_apply()
    {
        var rule = Policies.WithRules("""{ "id": "p", "effect": "permit", "state": "off" }""").Explain(Policies.Request()).Rules[0];

        Assert.Equal((RuleState.Off, Match.Yes, false), (rule.State, rule.Match, rule.Applies));
    }

    [Fact]
    public void Each_report_only_rule_tells_what_it_alone_would_do()
    {
        var policy = Policies.WithRules(
            """{ "id": "p", "effect": "permit" }""",
            """{ "id": "r", "effect": "require", "demand": { "mfa": true }, "state": "report-only" }""",
            """{ "id": "f", "effect": "forbid", "state": "report-only" }""");

        var explanation = policy.Explain(Policies.Request());

        Assert.Equal(DecisionKind.Allow, explanation.Decision.Kind);
        Assert.Equal([("r", DecisionKind.StepUp), ("f", DecisionKind.Deny)], explanation.ReportOnly.Select(rule => (rule.RuleId, rule.Decision.Kind)));
        Assert.Equal(PolicyDecision.Deny(Reasons.Forbidden, "f"), explanation.ReportOnlyDecision);
    }

    [Fact]
    public void Unmet_demands_name_their_rule_and_whether_signing_in_can_bring_them()
    {
        var policy = Policies.WithRules(
            """{ "id": "p", "effect": "permit", "demand": { "mfa": true } }""",
            """{ "id": "r", "effect": "require", "demand": { "device": { "managed": true } } }""");

        var demands = policy.Explain(Policies.Request()).Demands;

        Assert.Equal([("r", "device", false), ("p", "mfa", true)], demands.Select(demand => (demand.RuleId, demand.Name, demand.BySigningIn)));
    }

    [Fact]
    public void A_condition_with_a_bug_does_not_hide_the_others()
    {
        var rule = Policies.PermitWhen(""" "says": ["throw"], "group": ["Staff"] """).Explain(Policies.Request()).Rules[0];

        Assert.Equal([Match.Error, Match.Yes], rule.Conditions.Select(condition => condition.Says));
        Assert.Equal("failed: a condition with a bug", rule.Conditions[0].Found);
    }

    [Theory]
    [InlineData("""{ "id": "f", "effect": "forbid" }""")]
    [InlineData("""{ "id": "p", "effect": "permit", "state": "off" }""")]
    public void Whoever_is_refused_whatever_he_proves_is_asked_for_nothing(string rule)
    {
        var policy = Policies.WithRules("""{ "id": "r", "effect": "require", "demand": { "mfa": true } }""", rule);

        Assert.Empty(policy.Explain(Policies.Request()).Demands);
    }
}
