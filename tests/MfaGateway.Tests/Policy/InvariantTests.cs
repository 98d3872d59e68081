using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

public class InvariantTests
{
    [Fact]
    public void Invariant_1_default_policy_decision_denies()
    {
        var decision = default(PolicyDecision);

        Assert.Equal(DecisionKind.Deny, decision.Kind);
        Assert.Equal(Reasons.NotDecided, decision.Reason);
        Assert.Null(decision.RuleId);
    }

    [Fact]
    public void Invariant_2_forbid_overrides_permit_and_order_never_changes_the_kind_of_answer()
    {
        const string Permit = """{ "id": "p", "effect": "permit" }""";
        const string Forbid = """{ "id": "f", "effect": "forbid" }""";

        Assert.Equal(DecisionKind.Deny, Policies.WithRules(Permit, Forbid).Decide(Policies.Request()).Kind);
        Assert.Equal(DecisionKind.Deny, Policies.WithRules(Forbid, Permit).Decide(Policies.Request()).Kind);
    }

    [Fact]
    public void Invariant_3_a_condition_that_errors_never_permits_and_in_a_forbid_it_forbids()
    {
        const string Permit = """{ "id": "p", "effect": "permit" }""";
        const string Doubtful = """{ "id": "x", "effect": "EFFECT", "when": { "network": ["intranet"] } }""";
        var nowhere = Policies.Request() with { Source = null };

        var permitted = Policies.WithRules(Doubtful.Replace("EFFECT", "permit", StringComparison.Ordinal)).Decide(nowhere);
        var forbidden = Policies.WithRules(Permit, Doubtful.Replace("EFFECT", "forbid", StringComparison.Ordinal)).Decide(nowhere);

        Assert.Equal(PolicyDecision.Deny(Reasons.NoRulePermits), permitted);
        Assert.Equal(PolicyDecision.Deny(Reasons.Forbidden, "x"), forbidden);
    }

    [Fact]
    public void Invariant_8_the_policy_assembly_references_only_the_base_class_library()
    {
        var directory = Path.GetDirectoryName(typeof(object).Assembly.Location);

        var references = typeof(PolicySet).Assembly.GetReferencedAssemblies();

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(File.Exists(Path.Combine(directory!, $"{reference.Name}.dll")), reference.Name));
    }
}
