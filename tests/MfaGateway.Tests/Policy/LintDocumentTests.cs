using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Lint;
using static MfaGateway.Tests.Policy.Linted;

namespace MfaGateway.Tests.Policy;

/// <summary>What lint says of the document as a whole: its networks, its examples, its trials, and the order of the findings.</summary>
public class LintDocumentTests
{
    private static IEnumerable<(string Id, string Path)> Networks(string networks, string when = """ "network": ["intranet"] """) => Lint(
            $$"""{ "id": "staff", "effect": "permit", "when": { "resource": ["owa"], {{when}} }, "demand": { "mfa": true } }""",
            $$""" "intranet": ["10.0.0.0/8"], {{networks}} """)
        .Select(finding => (finding.Id, finding.Path));

    [Fact]
    public void A_document_that_cannot_be_read_has_no_findings()
    {
        Assert.Empty(PolicyLint.Check("{ \"version\": 1 }", PolicyCompiler.Compile("{ \"version\": 1 }"), [], Today, trialDays: 30));
        Assert.Empty(PolicyLint.Check("{", PolicyCompiler.Compile("{"), [], Today, trialDays: 30));
    }

    [Fact]
    public void Findings_stand_in_the_order_of_the_document_with_their_lines()
    {
        const string Json = """
            { "version": 1,
              "networks": { "attic": ["192.168.0.0/16"] },
              "rules": [
                { "id": "p", "effect": "permit", "when": { "resource": ["owa"] } },
                { "id": "f", "effect": "forbid", "when": { "user": ["a"], "not": { "user": ["a"] } } } ],
              "examples": [ { "name": "x", "expect": "allow", "request": { "resource": "owa" } } ] }
            """;

        var findings = PolicyLint.Check(Json, PolicyCompiler.Compile(Json), [], Today, trialDays: 30);

        Assert.Equal(
            [("unused-network", 2), ("permit-without-mfa", 4), ("never-matches", 5)], findings.Select(finding => (finding.Id, finding.Line!.Value)));
    }

    [Theory]
    [InlineData(""" "not": { "network": ["attic"] } """)]
    [InlineData(""" "any": [ { "user": ["a"] }, { "network": ["ATTIC"] } ] """)]
    [InlineData(""" "all": [ { "not": { "any": [ { "network": ["intranet", "attic"] } ] } } ] """)]
    public void A_network_is_used_wherever_a_condition_names_it(string when) =>
        Assert.DoesNotContain(("unused-network", "$.networks.attic"), Networks(""" "attic": ["192.168.0.0/16"] """, when));

    [Theory]
    [InlineData("""["10.1.0.0/16", "10.2.0.0/16"]""", 1)]
    [InlineData("""["192.168.0.0/16"]""", 0)]
    [InlineData("""["fd00::/8"]""", 0)]
    [InlineData("""["10.0.0.0/8"]""", 1)]
    public void Two_networks_with_common_addresses_are_pointed_at_once(string ranges, int findings) =>
        Assert.Equal(findings, Networks($$""" "office": {{ranges}} """).Count(finding => finding == ("overlapping-networks", "$.networks.office")));

    [Theory]
    [InlineData("""["192.168.0.0/16", "192.168.7.0/24", "192.168.8.0/24"]""", 1)]
    [InlineData("""["172.16.0.0/12", "192.168.7.0/24", "192.168.0.0/16"]""", 1)]
    [InlineData("""["172.16.0.0/12", "192.168.0.0/16", "fd00::/8"]""", 0)]
    public void A_network_with_one_range_inside_another_is_pointed_at_once(string ranges, int findings) =>
        Assert.Equal(findings, Networks($$""" "attic": {{ranges}} """).Count(finding => finding == ("repeated-range", "$.networks.attic")));

    [Theory]
    [InlineData("on", true)]
    [InlineData("report-only", true)]
    [InlineData("off", false)]
    public void A_rule_that_is_off_may_name_unknown_groups(string state, bool expected) => Assert.Equal(
        expected,
        Found($$"""{{Good}}, { "id": "f", "effect": "forbid", "when": { "group": ["Stuff"] }, "state": "{{state}}" }""").Contains(("unknown-group", "$.rules[1].when")));

    [Fact]
    public void Examples_in_other_files_count()
    {
        const string Json = """
            { "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff", "Stuff"] }, "demand": { "mfa": true } } ] }
            """;
        var document = PolicyCompiler.Compile(Json);
        var examples = PolicyExamples.ReadFile(
            """{ "examples": [ { "name": "x", "expect": "deny", "request": { "resource": "owa", "groups": ["staff"] } } ] }""", document.Policy!, out _);

        var finding = Assert.Single(PolicyLint.Check(Json, document, examples, Today, trialDays: 30));

        Assert.Equal("unknown-group", finding.Id);
        Assert.Contains("`Stuff`", finding.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report-only", 1)]
    [InlineData("on", 0)]
    [InlineData("off", 0)]
    public void Only_a_rule_on_trial_can_be_on_trial_for_too_long(string state, int findings) => Assert.Equal(
        findings,
        Lint($$"""{{Good}}, { "id": "t", "effect": "require", "demand": { "mfa": true }, "state": "{{state}}", "since": "2020-01-01" }""").Count(finding => finding.Id == "long-trial"));
}
