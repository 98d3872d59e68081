using static MfaGateway.Tests.Policy.Linted;

namespace MfaGateway.Tests.Policy;

/// <summary>What lint makes of rules beside each other, and of how far their conditions reach.</summary>
public class LintReachTests
{
    private static string Permit(string when, string demand = """, "demand": { "mfa": true }""") =>
        $$"""{ "id": "p", "effect": "permit", "when": { {{when}} }{{demand}} }""";

    private static string Forbid(string when, string more = "") => $$"""{ "id": "f", "effect": "forbid", "when": { {{when}} }{{more}} }""";

    private static string Require(string when, string demand, string more = "") => $$"""{ "id": "r", "effect": "require", "when": { {{when}} }, "demand": { {{demand}} }{{more}} }""";

    private static IEnumerable<string> Ids(params string[] rules) => Found(string.Join(", ", rules)).Select(finding => finding.Id);

    [Theory]
    [InlineData(""" "network": ["intranet"], "not": { "source": ["10.0.0.0/8"] } """)]
    [InlineData(""" "source": ["10.1.0.0/16", "10.2.0.0/16"], "not": { "source": ["10.2.0.0/16", "10.1.0.0/16"] } """)]
    [InlineData(""" "source": ["0.0.0.0/1"], "all": [ { "source": ["128.0.0.0/1"] } ] """)]
    [InlineData(""" "method": ["GET"], "not": { "method": ["POST", "GET"] } """)]
    [InlineData(""" "path": ["/ecp/**"], "not": { "path": ["/ECP/**"] } """)]
    public void Lists_of_which_one_holds_the_other_contradict_its_opposite(string when) =>
        Assert.Equal(["never-matches"], Ids(Good, Forbid(when)));

    [Theory]
    [InlineData(""" "source": ["10.1.0.0/16", "192.168.0.0/16"], "not": { "network": ["intranet"] } """)]
    [InlineData(""" "source": ["10.1.0.0/16", "192.168.0.0/16"], "all": [ { "source": ["10.0.0.0/8", "172.16.0.0/12"] } ] """)]
    [InlineData(""" "source": ["fd00::/8"], "not": { "source": ["0.0.0.0/0"] } """)]
    [InlineData(""" "user": ["Staff"], "not": { "group": ["Staff"] } """)]
    [InlineData(""" "path": ["/ecp/**"], "all": [ { "path": ["/ecp/default.aspx"] } ] """)]
    [InlineData(""" "method": ["Otp1"], "not": { "method": ["otp1"] } """)]
    public void Lists_that_share_something_or_speak_of_different_facts_can_hold_together(string when) => Assert.Empty(Ids(Good, Forbid(when)));

    [Fact]
    public void A_permit_that_never_matches_is_that_and_nothing_else() =>
        Assert.Equal(["never-matches"], Ids(Good, Permit(""" "resource": ["ecp"], "not": { "resource": ["ecp"] } """, demand: "")));

    [Fact]
    public void A_forbid_that_never_matches_forbids_nothing() =>
        Assert.Equal(["never-matches"], Ids(Good, Forbid(""" "user": ["a"], "not": { "user": ["a"] } """)));

    [Theory]
    [InlineData("on", true)]
    [InlineData("report-only", true)]
    [InlineData("off", false)]
    public void A_rule_that_is_off_may_contradict_itself(string state, bool expected) => Assert.Equal(
        expected, Ids(Good, Forbid(""" "user": ["a"], "not": { "user": ["a"] } """, $$""", "state": "{{state}}" """)).Contains("never-matches"));

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void Choices_side_by_side_are_followed_to_512_cases(int choices, bool isSeen)
    {
        var blocks = Enumerable.Range(0, choices).Select(n => $$"""{ "any": [ { "group": ["a{{n}}"] }, { "user": ["b{{n}}"] } ] }""");

        var ids = Ids(Good, Forbid($$""" "resource": ["owa"], "all": [ {{string.Join(", ", blocks)}}, { "resource": ["ecp"] } ] """));

        Assert.Equal(isSeen, ids.Contains("never-matches"));
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void Alternatives_are_followed_to_512_cases(int alternatives, bool isSeen)
    {
        var blocks = Enumerable.Range(0, alternatives).Select(n => $$"""{ "user": ["u{{n}}"], "not": { "user": ["u{{n}}"] } }""");

        Assert.Equal(isSeen, Ids(Good, Forbid($$""" "any": [ {{string.Join(", ", blocks)}} ] """)).Contains("never-matches"));
    }

    [Fact]
    public void Only_a_forbid_that_is_on_forbids_everything() => Assert.Equal(
        ["forbids-everything"],
        Ids(Forbid(""), """{ "id": "r", "effect": "require", "demand": { "mfa": true } }""", Good).Where(id => id != "shadowed"));

    [Fact]
    public void Every_alternative_of_a_permit_must_be_forbidden_before_it_is_shadowed()
    {
        var permit = Permit(""" "any": [ { "group": ["Staff"] }, { "group": ["Admins"] } ], "network": ["intranet"] """);

        Assert.Equal(["shadowed"], Ids(permit, Forbid(""" "group": ["Staff", "Admins"] """)));
        Assert.Empty(Ids(permit, Forbid(""" "group": ["Staff"] """)));
        Assert.Empty(Ids(permit, Require(""" "group": ["Staff", "Admins"] """, "\"mfa\": true")));
    }

    [Theory]
    [InlineData(""" "not": { "group": ["Staff"] } """, true)]
    [InlineData(""" "not": { "group": ["Staff", "Admins"] } """, true)]
    [InlineData(""" "not": { "group": ["Staff", "Admins", "Guests"] } """, false)]
    public void A_forbid_by_what_somebody_is_not_shadows_a_permit_by_the_same(string forbidden, bool expected) => Assert.Equal(
        expected, Ids(Permit(""" "not": { "group": ["Staff", "Admins"] }, "network": ["intranet"] """), Forbid(forbidden)).Contains("shadowed"));

    [Theory]
    [InlineData(""" "resource": ["owa", "ecp"] """, false)]
    [InlineData(""" "resource": ["ecp"] """, true)]
    [InlineData(""" "resource": ["owa"] """, true)]
    public void A_permit_by_password_alone_needs_a_require_for_each_of_its_alternatives(string required, bool expected) => Assert.Equal(
        expected,
        Ids(Permit(""" "any": [ { "resource": ["owa"] }, { "resource": ["ecp"] } ], "network": ["intranet"] """, demand: ""), Require(required, "\"mfa\": true"))
            .Contains("permit-without-mfa"));

    [Fact]
    public void What_is_forbidden_needs_no_second_factor()
    {
        var permit = Permit(""" "any": [ { "resource": ["owa"] }, { "resource": ["ecp"] } ], "network": ["intranet"] """, demand: "");

        Assert.Empty(Ids(permit, Forbid(""" "resource": ["ecp"] """), Require(""" "resource": ["owa"] """, "\"mfa\": true")));
        Assert.Equal(["shadowed"], Ids(permit, Forbid(""" "network": ["intranet"] """)));
    }

    [Theory]
    [InlineData("\"method\": [\"otp\"]", false)]
    [InlineData("\"context\": [\"c1\"]", false)]
    [InlineData("\"maxAge\": \"01:00:00\"", false)]
    [InlineData("\"device\": { \"compliant\": true }", true)]
    public void Whatever_a_password_does_not_prove_counts_as_more(string demand, bool expected)
    {
        const string When = """ "resource": ["owa"] """;

        Assert.Equal(expected, Ids(Permit(When, $$""", "demand": { {{demand}} }""")).Contains("permit-without-mfa"));
        Assert.Equal(expected, Ids(Permit(When, demand: ""), Require(When, demand)).Contains("permit-without-mfa"));
    }

    [Theory]
    [InlineData(""" "resource": ["ecp"] """, "\"device\": { \"managed\": true }", "on", false)]
    [InlineData(""" "resource": ["ecp"] """, "\"device\": { \"compliant\": true }", "on", false)]
    [InlineData(""" "resource": ["ecp"] """, "\"device\": { \"managed\": true }", "report-only", true)]
    [InlineData(""" "resource": ["owa"] """, "\"device\": { \"managed\": true }", "on", true)]
    [InlineData(""" "resource": ["ecp"] """, "\"mfa\": true", "on", true)]
    public void A_device_demanded_of_every_administrator_closes_the_admin_center(string when, string demand, string state, bool expected) => Assert.Equal(
        expected, Ids(Permit(""" "resource": ["ecp"] """), Require(when, demand, $$""", "state": "{{state}}" """)).Contains("ecp-from-everywhere"));

    [Theory]
    [InlineData("\"mfa\": true, \"device\": { \"managed\": true }", false)]
    [InlineData("\"mfa\": true, \"device\": { \"compliant\": true }", false)]
    [InlineData("\"mfa\": true", true)]
    public void A_permit_that_demands_a_device_does_not_open_the_admin_center_to_everywhere(string demand, bool expected) => Assert.Equal(
        expected, Ids(Permit(""" "resource": ["ecp"] """, $$""", "demand": { {{demand}} }""")).Contains("ecp-from-everywhere"));

    [Theory]
    [InlineData(""" "resource": ["ecp"] """, false)]
    [InlineData(""" "resource": ["ecp"], "not": { "device": ["managed"] } """, false)]
    [InlineData(""" "resource": ["ecp"], "not": { "device": ["managed"], "network": ["intranet"] } """, false)]
    [InlineData(""" "any": [ { "resource": ["ecp"], "not": { "network": ["intranet"] } }, { "user": ["a"] } ] """, false)]
    [InlineData(""" "resource": ["ecp"], "group": ["Guests"], "not": { "network": ["intranet"] } """, true)]
    public void A_forbid_closes_the_admin_center_when_it_hangs_on_places_and_devices_alone(string forbidden, bool expected) => Assert.Equal(
        expected, Ids(Good, Permit(""" "resource": ["ecp", "owa"] """), Forbid(forbidden)).Contains("ecp-from-everywhere"));

    [Fact]
    public void A_forbid_that_is_on_trial_closes_nothing() => Assert.Equal(
        ["ecp-from-everywhere"], Ids(Permit(""" "resource": ["ecp"] """), Forbid(""" "not": { "network": ["intranet"] } """, ", \"state\": \"report-only\"")));

    [Theory]
    [InlineData(""" "any": [ { "network": ["intranet"] }, { "user": ["a"] } ] """, true)]
    [InlineData(""" "any": [ { "network": ["intranet"] }, { "device": ["compliant"] }, { "country": ["DE"] } ] """, false)]
    [InlineData(""" "not": { "device": ["managed"] } """, true)]
    public void Every_way_into_the_admin_center_must_be_bound(string when, bool expected) =>
        Assert.Equal(expected, Ids(Permit($$""" "resource": ["ecp"], {{when}} """)).Contains("ecp-from-everywhere"));

    [Theory]
    [InlineData(""" "client": ["browser"], "platform": ["ios"] """, 2)]
    [InlineData(""" "any": [ { "platform": ["ios"] }, { "group": ["Staff"] } ] """, 1)]
    [InlineData(""" "not": { "platform": ["ios"] } """, 0)]
    [InlineData(""" "group": ["Staff"] """, 0)]
    public void A_permit_is_pointed_at_once_for_each_forgeable_fact_it_rests_on(string when, int findings) =>
        Assert.Equal(findings, Ids(Permit($$""" "resource": ["owa"], {{when}} """)).Count(id => id == "grants-by-forgeable"));
}
