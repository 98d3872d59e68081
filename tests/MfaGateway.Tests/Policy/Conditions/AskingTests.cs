using System.Collections.Frozen;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Conditions;

/// <summary>Which conditions are asked, in which order, and what an answer counts for.</summary>
public class AskingTests
{
    private static PolicySet Permit(string when, Asked asked)
    {
        var document = PolicyCompiler.Compile($$"""{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { {{when}} } } ] }""", [asked]);
        Assert.Empty(document.Problems);
        return document.Policy!;
    }

    [Theory]
    [InlineData(""" "asked": 1, "group": ["Nobody"] """)]
    [InlineData(""" "asked": 1, "claim": [ { "type": "t", "operator": "exists" } ] """)]
    [InlineData(""" "any": [ { "asked": 1 }, { "group": ["Staff"] } ] """)]
    [InlineData(""" "any": [ { "asked": 1 }, { "not": { "claim": [ { "type": "t", "operator": "exists" } ] } } ] """)]
    public void A_plug_in_is_asked_after_every_built_in_condition_beside_it(string when)
    {
        var asked = new Asked();

        Permit(when, asked).Decide(Policies.Request());

        Assert.Equal(0, asked.Times);
    }

    [Fact]
    public void A_plug_in_is_asked_when_nothing_else_has_decided()
    {
        var asked = new Asked();

        Permit(""" "asked": 1, "group": ["Staff"] """, asked).Decide(Policies.Request());

        Assert.Equal(1, asked.Times);
    }

    [Fact]
    public void What_a_plug_in_says_twice_that_it_needs_it_needs() =>
        Assert.Equal(RequestFacts.Country, Permit(""" "asked": 1 """, new Asked()).Needs.Facts);

    // Alice is in Staff; whether she is in Guests was not recorded.
    [Theory]
    [InlineData(""" "group": ["Staff"] """, "Staff", Match.Yes)]
    [InlineData(""" "group": ["Guests"] """, "Staff", Match.No)]
    [InlineData(""" "group": ["Guests"] """, "guests", Match.Error)]
    [InlineData(""" "asked": 1 """, "Guests", Match.Yes)]
    [InlineData(""" "asked": 1 """, "Asked", Match.Error)]
    public void A_condition_on_what_was_not_recorded_cannot_tell_unless_it_holds_anyway(string when, string unrecorded, Match expected)
    {
        var request = Policies.Request() with { Unrecorded = new PolicyNeeds { Groups = new[] { unrecorded }.ToFrozenSet(StringComparer.OrdinalIgnoreCase) } };

        Assert.Equal(expected, Permit(when, new Asked()).Explain(request).Rules[0].Conditions[0].Says);
    }

    private sealed class Asked : IConditionFactory, ICondition
    {
        public int Times { get; private set; }

        public string Name => "asked";

        public ICondition Create(ConditionArguments arguments)
        {
            arguments.NeedsGroup("Asked");
            arguments.Needs(RequestFacts.Country);
            arguments.Needs(RequestFacts.Country);
            return this;
        }

        public Match Evaluate(AccessRequest request)
        {
            Times++;
            return Match.Yes;
        }

        public string Describe(AccessRequest request) => "";
    }
}
