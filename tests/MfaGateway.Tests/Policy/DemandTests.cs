using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

public class DemandTests
{
    private static readonly AccessSubject WithMfa = new() { Mfa = true, MfaAt = Policies.Now };

    private static PolicyDecision Decide(string demand, AccessSubject subject) => Policies.PermitDemanding(demand).Decide(Policies.Request(subject));

    private static AccessSubject MfaAt(DateTimeOffset? time) => new() { Mfa = true, MfaAt = time };

    [Fact]
    public void Mfa_is_met_by_proof_of_mfa()
    {
        Assert.Equal(DecisionKind.Allow, Decide(""" "mfa": true """, WithMfa).Kind);
        Assert.Equal(PolicyDecision.StepUp(Reasons.MfaRequired, "p"), Decide(""" "mfa": true """, Policies.Alice));
    }

    [Theory]
    [InlineData(0, DecisionKind.Allow)]
    [InlineData(15 * 60, DecisionKind.Allow)]
    [InlineData((15 * 60) + 1, DecisionKind.StepUp)]
    public void MaxAge_is_met_up_to_the_very_second(int ageInSeconds, DecisionKind expected) =>
        Assert.Equal(expected, Decide(""" "maxAge": "00:15:00" """, MfaAt(Policies.Now.AddSeconds(-ageInSeconds))).Kind);

    [Fact]
    public void MaxAge_is_not_met_by_a_time_in_the_future() =>
        Assert.Equal(PolicyDecision.StepUp(Reasons.MfaTooOld, "p"), Decide(""" "maxAge": "00:15:00" """, MfaAt(Policies.Now.AddSeconds(1))));

    [Fact]
    public void MaxAge_is_not_met_by_an_unknown_time() =>
        Assert.Equal(PolicyDecision.StepUp(Reasons.MfaTooOld, "p"), Decide(""" "maxAge": "00:15:00" """, MfaAt(null)));

    [Fact]
    public void MaxAge_implies_mfa()
    {
        var decision = Decide(""" "maxAge": "00:15:00" """, new AccessSubject { Mfa = false, MfaAt = Policies.Now });

        Assert.Equal(PolicyDecision.StepUp(Reasons.MfaRequired, "p"), decision);
    }

    [Fact]
    public void A_fresh_proof_is_asked_for_together_with_mfa_so_that_a_remembered_one_is_not_handed_back()
    {
        var demands = Policies.PermitDemanding(""" "mfa": true, "maxAge": "00:15:00" """).DemandsOf(Policies.Request());

        Assert.True(demands.Mfa);
        Assert.Equal(TimeSpan.FromMinutes(15), demands.MaxAge);
    }

    [Fact]
    public void The_shortest_of_several_unmet_ages_is_asked_for()
    {
        var policy = Policies.WithRules(
            """{ "id": "p", "effect": "permit", "demand": { "maxAge": "01:00:00" } }""",
            """{ "id": "r", "effect": "require", "demand": { "maxAge": "00:10:00" } }""",
            """{ "id": "s", "effect": "require", "demand": { "maxAge": "1.00:00:00" } }""");

        var demands = policy.DemandsOf(Policies.Request(MfaAt(Policies.Now.AddHours(-2))));

        Assert.Equal(new StepUpDemand { MaxAge = TimeSpan.FromMinutes(10), Methods = demands.Methods, Contexts = demands.Contexts }, demands);
    }

    [Theory]
    [InlineData("hwk", DecisionKind.Allow)]
    [InlineData("fido", DecisionKind.Allow)]
    [InlineData("otp", DecisionKind.StepUp)]
    [InlineData("HWK", DecisionKind.StepUp)]
    public void Method_is_met_by_any_listed_one_compared_exactly(string proven, DecisionKind expected) =>
        Assert.Equal(expected, Decide(""" "method": ["fido", "hwk"] """, new AccessSubject { Methods = new HashSet<string> { proven } }).Kind);

    [Theory]
    [InlineData("c1", DecisionKind.Allow)]
    [InlineData("C2", DecisionKind.Allow)]
    [InlineData("c3", DecisionKind.StepUp)]
    public void Context_is_met_by_any_listed_one_whatever_its_case(string proven, DecisionKind expected) =>
        Assert.Equal(expected, Decide(""" "context": ["c1", "c2"] """, new AccessSubject { Contexts = new HashSet<string> { proven } }).Kind);

    [Theory]
    [InlineData(""" "managed": true """, true, null, DecisionKind.Allow)]
    [InlineData(""" "managed": true """, null, true, DecisionKind.Deny)]
    [InlineData(""" "managed": true """, false, true, DecisionKind.Deny)]
    [InlineData(""" "compliant": true """, null, true, DecisionKind.Allow)]
    [InlineData(""" "managed": true, "compliant": true """, true, false, DecisionKind.Deny)]
    [InlineData(""" "managed": true, "compliant": true """, true, true, DecisionKind.Allow)]
    public void Device_is_met_only_by_what_is_known_to_be_so(string device, bool? managed, bool? compliant, DecisionKind expected) =>
        Assert.Equal(expected, Decide($$""" "device": { {{device}} } """, new AccessSubject { DeviceManaged = managed, DeviceCompliant = compliant }).Kind);

    [Fact]
    public void Nothing_is_asked_for_unless_the_answer_is_step_up()
    {
        Assert.Equal(StepUpDemand.None, Policies.PermitDemanding(""" "mfa": true """).DemandsOf(Policies.Request(WithMfa)));
        Assert.Equal(StepUpDemand.None, Policies.PermitDemanding(""" "mfa": true, "device": { "managed": true } """).DemandsOf(Policies.Request()));
    }
}
