using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Lint;
using static MfaGateway.Tests.Policy.Linted;

namespace MfaGateway.Tests.Policy;

public class LintTests
{
    private const string Networks =
        """ "intranet": ["10.0.0.0/8"], "office": ["10.1.0.0/16"] """;

    [Fact]
    public void A_good_policy_has_no_findings() => Assert.Empty(Lint(Good));

    [Fact]
    public void The_sample_policy_has_no_findings()
    {
        var json = File.ReadAllText(Repository.PathOf("deploy", "config", "policy.sample.json"));

        Assert.Empty(PolicyLint.Check(json, PolicyCompiler.Compile(json), [], Today, trialDays: 30));
    }

    [Theory]
    [InlineData(""" "resource": ["owa"], "all": [ { "resource": ["ecp"] } ] """)]
    [InlineData(""" "group": ["Staff"], "not": { "group": ["staff", "Admins"] } """)]
    [InlineData(""" "source": ["10.1.0.0/16"], "not": { "network": ["intranet"] } """)]
    [InlineData(""" "network": ["intranet"], "all": [ { "source": ["192.168.0.0/16"] } ] """)]
    [InlineData(""" "any": [ { "platform": ["ios"], "all": [ { "platform": ["windows"] } ] }, { "client": ["browser"], "not": { "client": ["browser", "other"] } } ] """)]
    [InlineData(""" "claim": [ { "type": "t", "operator": "exists" } ], "not": { "claim": [ { "type": "t", "operator": "exists" } ] } """)]
    [InlineData(""" "not": { "any": [ { "group": ["Staff"] }, { "not": { "group": ["Staff"] } } ] } """)]
    public void Conditions_that_contradict_each_other_never_match(string when)
    {
        var rule = $$"""{ "id": "x", "effect": "forbid", "when": { {{when}} } }""";

        Assert.Contains(("never-matches", "$.rules[1].when"), Found($"{Good}, {rule}"));
        Assert.Contains(Lint($"{Good}, {rule}"), finding => finding is { Id: "never-matches", IsError: true });
    }

    [Theory]
    [InlineData(""" "resource": ["owa", "ecp"], "all": [ { "resource": ["ecp"] } ] """)]
    [InlineData(""" "group": ["Staff", "Admins"], "not": { "group": ["Staff"] } """)]
    [InlineData(""" "group": ["Staff"], "all": [ { "group": ["Admins"] } ] """)]
    [InlineData(""" "network": ["intranet"], "not": { "source": ["10.1.0.0/16"] } """)]
    [InlineData(""" "any": [ { "resource": ["owa"] }, { "resource": ["ecp"] } ] """)]
    [InlineData(""" "claim": [ { "type": "t", "operator": "exists" } ], "not": { "claim": [ { "type": "u", "operator": "exists" } ] } """)]
    public void Conditions_that_can_hold_together_are_no_finding(string when) =>
        Assert.DoesNotContain(Found($$"""{{Good}}, { "id": "x", "effect": "forbid", "when": { {{when}} } }"""), finding => finding.Id == "never-matches");

    [Theory]
    [InlineData(""" "group": ["Staff"] """)]
    [InlineData(""" "resource": ["owa", "ecp"] """)]
    [InlineData(""" "any": [ { "network": ["intranet"] }, { "user": ["a"] } ] """)]
    [InlineData(""" "not": { "resource": ["ecp"] } """)]
    [InlineData(""" "source": ["10.0.0.0/7"] """)]
    public void A_permit_whose_every_case_is_forbidden_is_shadowed(string when)
    {
        var finding = Assert.Single(Lint($$"""{{Good}}, { "id": "no", "effect": "forbid", "when": { {{when}} } }"""), finding => finding.Id == "shadowed");

        Assert.True(finding.IsError);
        Assert.Equal(("$.rules[0]", "Whatever `staff` permits is forbidden by `no`"), (finding.Path, finding.Why));
    }

    [Theory]
    [InlineData(""" "group": ["Staff"], "resource": ["ecp"] """, "on")]
    [InlineData(""" "not": { "network": ["intranet"] } """, "on")]
    [InlineData(""" "source": ["10.1.0.0/16"] """, "on")]
    [InlineData(""" "source": ["10.0.0.0/16"] """, "on")]
    [InlineData(""" "group": ["Staff"] """, "report-only")]
    public void A_permit_that_leaves_anything_is_not_shadowed(string when, string state) =>
        Assert.DoesNotContain(Found($$"""{{Good}}, { "id": "no", "effect": "forbid", "when": { {{when}} }, "state": "{{state}}" }"""), finding => finding.Id == "shadowed");

    [Fact]
    public void Two_forbids_can_shadow_together() => Assert.Contains(
        Lint("""
            { "id": "p", "effect": "permit", "when": { "group": ["Staff"], "any": [ { "resource": ["owa"] }, { "resource": ["calendar"] } ] }, "demand": { "mfa": true } },
            { "id": "a", "effect": "forbid", "when": { "resource": ["owa"] } }, { "id": "b", "effect": "forbid", "when": { "resource": ["calendar"] } }
            """),
        finding => finding.Id == "shadowed" && finding.Why.Contains("`a` and `b`", StringComparison.Ordinal));

    [Theory]
    [InlineData("", "", true)]
    [InlineData(""", "demand": { "mfa": true }""", "", false)]
    [InlineData(""", "demand": { "maxAge": "01:00:00" }""", "", false)]
    [InlineData(""", "demand": { "context": ["c1"] }""", "", false)]
    [InlineData(""", "demand": { "device": { "managed": true } }""", "", true)]
    [InlineData("", """, { "id": "r", "effect": "require", "when": { "resource": ["owa"] }, "demand": { "mfa": true } }""", false)]
    [InlineData("", """, { "id": "r", "effect": "require", "demand": { "mfa": true } }""", false)]
    [InlineData("", """, { "id": "r", "effect": "require", "demand": { "mfa": true }, "state": "report-only" }""", true)]
    [InlineData("", """, { "id": "r", "effect": "require", "when": { "group": ["Admins"] }, "demand": { "mfa": true } }""", true)]
    public void A_permit_by_password_alone_is_pointed_at_unless_a_require_asks_for_more(string demand, string other, bool expected) => Assert.Equal(
        expected,
        Found($$"""{ "id": "p", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }{{demand}} }{{other}}""").Contains(("permit-without-mfa", "$.rules[0]")));

    [Fact]
    public void Published_calendars_need_no_second_factor() =>
        Assert.Empty(Found("""{ "id": "p", "effect": "permit", "when": { "resource": ["calendar"] } }"""));

    [Theory]
    [InlineData(""" "resource": ["ecp"], "group": ["Admins"] """, "", true)]
    [InlineData(""" "group": ["Admins"] """, "", true)]
    [InlineData(""" "resource": ["owa"], "group": ["Admins"] """, "", false)]
    [InlineData(""" "resource": ["ecp"], "network": ["intranet"] """, "", false)]
    [InlineData(""" "resource": ["ecp"], "country": ["DE"] """, "", false)]
    [InlineData(""" "resource": ["ecp"], "device": ["managed"] """, "", false)]
    [InlineData(""" "resource": ["ecp"], "not": { "country": ["KP"] } """, "", true)]
    [InlineData(""" "resource": ["ecp"], "group": ["Admins"] """, """, { "id": "f", "effect": "forbid", "when": { "resource": ["ecp"], "not": { "network": ["intranet"] } } }""", false)]
    [InlineData(""" "resource": ["ecp"], "group": ["Admins"] """, """, { "id": "f", "effect": "forbid", "when": { "resource": ["owa"], "not": { "network": ["intranet"] } } }""", true)]
    [InlineData(""" "resource": ["ecp"], "group": ["Admins"] """, """, { "id": "f", "effect": "forbid", "when": { "not": { "any": [ { "network": ["intranet"] }, { "user": ["a"] } ] } } }""", true)]
    [InlineData(""" "resource": ["ecp"] """, """, { "id": "r", "effect": "require", "when": { "resource": ["ecp"] }, "demand": { "device": { "managed": true } } }""", false)]
    public void The_admin_center_open_to_everywhere_is_pointed_at(string when, string other, bool expected) => Assert.Equal(
        expected,
        Found($$"""{ "id": "p", "effect": "permit", "when": { {{when}} }, "demand": { "mfa": true } }{{other}}""").Contains(("ecp-from-everywhere", "$.rules[0]")));

    [Fact]
    public void Permits_by_what_software_says_of_itself_are_pointed_at()
    {
        Assert.Contains(("grants-by-forgeable", "$.rules[0].when"), Found("""{ "id": "p", "effect": "permit", "when": { "resource": ["owa"], "platform": ["ios"] }, "demand": { "mfa": true } }"""));
        Assert.DoesNotContain(Found($$"""{{Good}}, { "id": "f", "effect": "forbid", "when": { "not": { "client": ["browser"] } } }"""), finding => finding.Id == "grants-by-forgeable");
    }

    [Fact]
    public void A_policy_that_permits_nothing_or_forbids_everything_is_an_error()
    {
        Assert.Contains(("nothing-permitted", "$.rules"), Found("""{ "id": "p", "effect": "permit", "state": "off" }"""));
        Assert.Contains(("forbids-everything", "$.rules[1]"), Found($$"""{{Good}}, { "id": "f", "effect": "forbid", "when": {} }"""));
        Assert.DoesNotContain(Found($$"""{{Good}}, { "id": "f", "effect": "forbid", "state": "report-only" }"""), finding => finding.Id == "forbids-everything");
    }

    [Fact]
    public void A_group_no_example_has_is_pointed_at()
    {
        var finding = Assert.Single(Lint("""{ "id": "p", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff", "Stuff"] }, "demand": { "mfa": true } }"""), finding => finding.Id == "unknown-group");

        Assert.Contains("`Stuff`", finding.Why, StringComparison.Ordinal);
        Assert.False(finding.IsError);
    }

    [Fact]
    public void A_policy_without_examples_is_pointed_at()
    {
        var json = $$"""{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { "resource": ["owa"], "group": ["Stuff"] }, "demand": { "mfa": true } } ] }""";

        Assert.Equal(["no-examples"], PolicyLint.Check(json, PolicyCompiler.Compile(json), [], Today, trialDays: 30).Select(finding => finding.Id));
    }

    [Theory]
    [InlineData("2025-05-02", 1)]
    [InlineData("2025-05-03", 0)]
    [InlineData("2025-07-01", 0)]
    public void A_trial_that_never_ends_is_pointed_at(string since, int findings) => Assert.Equal(
        findings,
        Lint($$"""{{Good}}, { "id": "t", "effect": "require", "demand": { "mfa": true }, "state": "report-only", "since": "{{since}}" }""").Count(finding => finding.Id == "long-trial"));

    [Fact]
    public void Networks_that_overlap_hold_everybody_or_are_not_used_are_pointed_at()
    {
        var findings = Lint(Good, Networks + """, "world": ["0.0.0.0/0"], "twice": ["192.168.0.0/16", "192.168.7.0/24"] """);

        Assert.Equal(
            [
                ("network-of-everybody", "$.networks.world"), ("overlapping-networks", "$.networks.office"), ("overlapping-networks", "$.networks.world"),
                ("overlapping-networks", "$.networks.world"), ("overlapping-networks", "$.networks.world"), ("repeated-range", "$.networks.twice"),
                ("unused-network", "$.networks.office"), ("unused-network", "$.networks.twice"), ("unused-network", "$.networks.world"),
            ],
            findings.Select(finding => (finding.Id, finding.Path)).Order());
    }

    [Fact]
    public void A_finding_names_its_line() => Assert.Equal(
        3, Assert.Single(Lint("\n\n{ \"id\": \"p\", \"effect\": \"permit\", \"when\": { \"resource\": [\"owa\"], \"network\": [\"intranet\"] } }"), finding => finding.Id == "permit-without-mfa").Line);

    [Fact]
    public void Conditions_with_too_many_cases_are_left_alone()
    {
        var choices = string.Join(", ", Enumerable.Range(0, 12).Select(n => $$"""{ "any": [ { "group": ["a{{n}}"] }, { "user": ["b{{n}}"] } ] }"""));

        Assert.DoesNotContain(
            Found($$"""{{Good}}, { "id": "x", "effect": "forbid", "when": { "all": [ {{choices}} ] } }"""), finding => finding.Id is "never-matches" or "shadowed");
    }
}
