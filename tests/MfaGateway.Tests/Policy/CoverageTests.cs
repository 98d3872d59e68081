using MfaGateway.Policy;
using MfaGateway.Policy.Coverage;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy;

public class CoverageTests
{
    private const string Rules = """
        { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true } },
        { "id": "inside", "effect": "forbid", "when": { "not": { "any": [ { "source": ["10.0.0.0/8"] }, { "user": ["bob"], "provider": ["adfs"] } ] } } }
        """;

    private static PolicyDocument Compile(string examples, string rules = Rules) =>
        PolicyCompiler.Compile($$"""{ "version": 1, "rules": [ {{rules}} ], "examples": [ {{examples}} ] }""");

    private static string Example(string request, string expect = "deny", string rule = "") =>
        $$"""{ "name": "x", "expect": "{{expect}}"{{(rule.Length > 0 ? $", \"rule\": \"{rule}\"" : "")}}, "request": { {{request}} } }""";

    private static PolicyCoverage Coverage(string examples, string rules = Rules)
    {
        var document = Compile(examples, rules);
        return PolicyCoverage.Of(document.Draft!, document.Examples.Select(result => result.Example));
    }

    private static IReadOnlyList<string> Diagnose(string example, string rules = Rules)
    {
        var document = Compile(example, rules);
        var result = Assert.Single(document.Examples);
        Assert.False(result.Passed);
        return ExampleDiagnosis.Of(document.Draft!, result);
    }

    [Fact]
    public void What_no_example_shows_is_listed_with_its_path()
    {
        var coverage = Coverage(Example(""" "resource": "owa", "groups": ["Staff"], "source": "10.1.2.3" """));

        Assert.Equal(
            [
                ("$.rules[0]", Match.No), ("$.rules[0].when.resource", Match.No), ("$.rules[0].when.group", Match.No), ("$.rules[1]", Match.Yes),
                ("$.rules[1].when.not.any[0].source", Match.No), ("$.rules[1].when.not.any[1].user", Match.Yes), ("$.rules[1].when.not.any[1].provider", Match.Yes),
            ],
            coverage.Gaps.Select(gap => (gap.Path, gap.Says)));
        Assert.Equal((14, 50), (coverage.Total, coverage.Percent));
    }

    [Fact]
    public void Every_condition_counts_whatever_those_beside_it_say() => Assert.Equal(
        ["$.rules[0].when.any[0].user", "$.rules[0].when.any[0].device", "$.rules[0].when.any[0].country"],
        Coverage(
            Example(""" "resource": "owa" """),
            """{ "id": "p", "effect": "permit", "when": { "any": [ { "user": ["bob"], "device": ["managed"], "country": ["DE"] } ] } }""")
        .Gaps.Where(gap => gap.Says is Match.Yes).Select(gap => gap.Path).Skip(1));

    [Fact]
    public void Examples_that_try_everything_leave_no_gap()
    {
        var coverage = Coverage(string.Join(
            ",",
            Example(""" "resource": "owa", "groups": ["Staff"], "source": "10.1.2.3", "user": "bob", "provider": "adfs" """),
            Example(""" "resource": "ecp", "source": "203.0.113.9" """)));

        Assert.Equal((100, 0), (coverage.Percent, coverage.Gaps.Count));
    }

    [Fact]
    public void Rules_that_are_off_do_not_count_and_rules_on_trial_do()
    {
        Assert.Equal(100, Coverage(Example(""" "resource": "owa" """), """{ "id": "p", "effect": "permit", "when": { "group": ["a"] }, "state": "off" }""").Percent);
        Assert.NotEmpty(Coverage(Example(""" "resource": "owa" """), """{ "id": "p", "effect": "permit", "when": { "group": ["a"] }, "state": "report-only" }""").Gaps);
    }

    [Fact]
    public void A_condition_that_cannot_tell_is_covered_by_neither_answer() => Assert.Equal(
        [Match.Yes, Match.No],
        Coverage(Example(""" "resource": "owa" """), """{ "id": "p", "effect": "permit", "when": { "country": ["DE"] } }""").Gaps.Where(gap => gap.Path.EndsWith("country", StringComparison.Ordinal)).Select(gap => gap.Says));

    [Fact]
    public void An_unexpected_deny_names_the_conditions_of_the_forbid() => Assert.Equal(
        [
            """inside: source ["10.0.0.0/8"] says no, found 203.0.113.9 ($.rules[1].when.not.any[0].source)""",
            """inside: user ["bob"] says no, found nobody ($.rules[1].when.not.any[1].user)""",
            """inside: provider ["adfs"] says no, found none ($.rules[1].when.not.any[1].provider)""",
        ],
        Diagnose(Example(""" "resource": "owa", "groups": ["Staff"], "source": "203.0.113.9" """, "step-up")));

    [Theory]
    [InlineData(""" "not": { "group": ["Staff"], "user": ["bob"] } """, """no: user ["bob"] says no, found nobody ($.rules[1].when.not.user)""")]
    [InlineData(""" "any": [ { "user": ["bob"] }, { "group": ["Staff"], "resource": ["owa"] } ] """, """no: group ["Staff"] says yes, found Staff ($.rules[1].when.any[1].group)""")]
    [InlineData(""" "all": [ { "country": ["DE"] }, { "group": ["Staff"] } ] """, """no: country ["DE"] says cannot tell, found not known ($.rules[1].when.all[0].country)""")]
    public void Of_nested_conditions_those_that_decided_are_named(string when, string first) => Assert.Equal(
        first,
        Diagnose(
            Example(""" "resource": "owa", "groups": ["Staff"] """, "allow"),
            $$"""{ "id": "p", "effect": "permit" }, { "id": "no", "effect": "forbid", "when": { {{when}} } }""")[0]);

    [Fact]
    public void A_rule_that_was_expected_and_did_not_match_names_the_condition_that_kept_it() => Assert.Equal(
        ["""inside: source ["10.0.0.0/8"] says yes, found 10.1.2.3 ($.rules[1].when.not.any[0].source)"""],
        Diagnose(Example(""" "resource": "owa", "groups": ["Staff"], "source": "10.1.2.3" """, "deny", "inside")));

    [Fact]
    public void A_missing_permit_names_what_kept_the_nearest_one_from_matching() => Assert.Equal(
        ["""staff: group ["Staff"] says no, found none ($.rules[0].when.group)"""],
        Diagnose(Example(""" "resource": "owa", "source": "10.1.2.3" """, "allow")));

    [Fact]
    public void An_unmet_demand_is_named_with_what_was_found() => Assert.Equal(
        ["staff: mfa true, found false"],
        Diagnose(Example(""" "resource": "owa", "groups": ["Staff"], "source": "10.1.2.3" """, "allow")));

    [Fact]
    public void An_unexpected_allow_names_the_conditions_of_the_permit() => Assert.Equal(
        ["""staff: resource ["owa"] says yes, found owa ($.rules[0].when.resource)""", """staff: group ["Staff"] says yes, found Staff ($.rules[0].when.group)"""],
        Diagnose(Example(""" "resource": "owa", "groups": ["Staff"], "source": "10.1.2.3", "mfa": true """, "deny")));

    [Theory]
    [InlineData("off", "the rule is off")]
    [InlineData("report-only", "the rule is report-only")]
    public void An_expected_rule_that_is_not_in_force_says_so(string state, string words) => Assert.Equal(
        [$"t: {words}"],
        Diagnose(
            Example(""" "resource": "owa", "groups": ["Staff"], "mfa": true, "source": "10.1.2.3" """, "deny", "t"),
            $$"""{{Rules}}, { "id": "t", "effect": "forbid", "state": "{{state}}" }"""));
}
