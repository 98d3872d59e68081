using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using Regex = System.Text.RegularExpressions.Regex;
using RegexOptions = System.Text.RegularExpressions.RegexOptions;

namespace MfaGateway.Tests.Policy.Conditions;

public class ClaimConditionTests
{
    private static Match Says(string test, params string[] values) => Policies.PermitWhen($$""" "claim": [ {{test}} ] """)
        .Explain(Policies.Request(new AccessSubject { Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = values } }))
        .Rules[0].Conditions[0].Says;

    [Theory]
    [InlineData("Sales", Match.Yes)]
    [InlineData("sales", Match.No)]
    [InlineData("Sales ", Match.No)]
    public void Equals_compares_exactly(string value, Match expected) =>
        Assert.Equal(expected, Says("""{ "type": "department", "operator": "equals", "value": "Sales" }""", "Other", value));

    [Fact]
    public void The_type_is_compared_exactly() =>
        Assert.Equal(Match.No, Says("""{ "type": "Department", "operator": "exists" }""", "Sales"));

    [Theory]
    [InlineData("Sales", Match.Yes)]
    [InlineData("Finance", Match.Yes)]
    [InlineData("Lab", Match.No)]
    public void In_holds_for_any_listed_value(string value, Match expected) =>
        Assert.Equal(expected, Says("""{ "type": "department", "operator": "in", "value": ["Sales", "Finance"] }""", value));

    [Fact]
    public void Exists_holds_for_any_value_but_not_for_none()
    {
        const string Exists = """{ "type": "department", "operator": "exists" }""";

        Assert.Equal(Match.Yes, Says(Exists, ""));
        Assert.Equal(Match.No, Says(Exists));
        Assert.Equal(Match.No, Says("""{ "type": "title", "operator": "exists" }""", "Sales"));
    }

    [Theory]
    [InlineData("Sales EMEA", Match.Yes)]
    [InlineData("sales apac", Match.Yes)]
    [InlineData("Presales", Match.No)]
    public void Matches_looks_for_a_regular_expression(string value, Match expected) =>
        Assert.Equal(expected, Says("""{ "type": "department", "operator": "matches", "value": "^(?i:sales) " }""", value));

    [Fact]
    public void A_hostile_value_does_not_make_a_pattern_slow()
    {
        var hostile = new string('a', 20_000) + "!";

        Assert.Equal(Match.No, Says("""{ "type": "department", "operator": "matches", "value": "^(a+)+$" }""", hostile));
    }

    [Fact]
    public void Any_of_several_tests_is_enough() => Assert.Equal(
        Match.Yes,
        Says("""{ "type": "title", "operator": "exists" }, { "type": "department", "operator": "equals", "value": "Sales" }""", "Sales"));

    [Theory]
    [InlineData("^Sales?")]
    [InlineData("^Sales*$")]
    [InlineData("^Sales+$")]
    [InlineData("^Sale{0,1}s")]
    [InlineData("^S?ales")]
    [InlineData("^S")]
    [InlineData("^")]
    [InlineData("Sale")]
    [InlineData("^Sales|es")]
    [InlineData("^Sa(l|x)e")]
    [InlineData("(?i)^sales")]
    [InlineData("^Sales team, 1st$")]
    [InlineData("^*Sales")]
    public void Matches_is_what_a_regular_expression_says(string expression)
    {
        foreach (var value in new[] { "", "S", "Sa", "Sale", "Sales", "SALES", "Saless", "ales", "es", "Sals", "Saxe", "Sales team, 1st", "the Sales" })
        {
            var says = Policies.PermitWhen($$""" "claim": [ { "type": "t", "operator": "matches", "value": "{{expression}}" } ] """)
                .Decide(Policies.Request(new AccessSubject { Claims = new Dictionary<string, IReadOnlyList<string>> { ["t"] = [value] } })).Kind;

            Assert.Equal(Regex.IsMatch(value, expression, RegexOptions.CultureInvariant), says is DecisionKind.Allow);
        }
    }

    [Theory]
    [InlineData("^Legal [A-Z]+$", "Legal ")]
    [InlineData("^a_b-c/d@e:f,g h1$", "a_b-c/d@e:f,g h1")]
    [InlineData("^Sales", "Sales")]
    [InlineData("^Sales*", "Sale")]
    [InlineData("^Sales?x", "Sale")]
    [InlineData("^Sales{2}", "Sale")]
    [InlineData("^Sales.", "Sales")]
    [InlineData("^S*", "")]
    [InlineData("^a|b", "")]
    [InlineData("Sales", "")]
    public void What_every_match_begins_with_is_read_from_the_expression(string expression, string beginning) =>
        Assert.Equal(beginning, ClaimFactory.Beginning(expression));
}
