using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Conditions;

/// <summary>The conditions on facts that may not be known: device, client, platform, country.</summary>
public class FactConditionTests
{
    private static Match Says(string when, AccessRequest request) => Policies.PermitWhen(when).Explain(request).Rules[0].Conditions[0].Says;

    [Theory]
    [InlineData("managed", true, null, Match.Yes)]
    [InlineData("managed", false, true, Match.No)]
    [InlineData("managed", null, true, Match.Error)]
    [InlineData("compliant", true, true, Match.Yes)]
    [InlineData("compliant", true, false, Match.No)]
    [InlineData("compliant", true, null, Match.Error)]
    [InlineData("managed\", \"compliant", false, true, Match.Yes)]
    [InlineData("managed\", \"compliant", true, null, Match.Yes)]
    [InlineData("managed\", \"compliant", false, false, Match.No)]
    [InlineData("managed\", \"compliant", false, null, Match.Error)]
    [InlineData("Managed", true, null, Match.Yes)]
    public void Device_is_in_one_of_the_listed_states_or_nobody_said(string states, bool? managed, bool? compliant, Match expected) => Assert.Equal(
        expected,
        Says($$""" "device": ["{{states}}"] """, Policies.Request(new AccessSubject { DeviceManaged = managed, DeviceCompliant = compliant })));

    [Theory]
    [InlineData("browser", Match.Yes)]
    [InlineData("mobile-app", Match.Yes)]
    [InlineData("BROWSER", Match.Yes)]
    [InlineData("other", Match.No)]
    [InlineData(null, Match.Error)]
    public void Client_is_one_of_the_listed_or_not_known(string? client, Match expected) =>
        Assert.Equal(expected, Says(""" "client": ["browser", "mobile-app"] """, Policies.Request() with { Client = client }));

    [Theory]
    [InlineData("ios", Match.Yes)]
    [InlineData("android", Match.Yes)]
    [InlineData("windows", Match.No)]
    [InlineData(null, Match.Error)]
    public void Platform_is_one_of_the_listed_or_not_known(string? platform, Match expected) =>
        Assert.Equal(expected, Says(""" "platform": ["ios", "android"] """, Policies.Request() with { Platform = platform }));

    [Theory]
    [InlineData("DE", Match.Yes)]
    [InlineData("de", Match.Yes)]
    [InlineData("AT", Match.Yes)]
    [InlineData("FR", Match.No)]
    [InlineData("unknown", Match.No)]
    [InlineData(null, Match.Error)]
    public void Country_is_one_of_the_listed_or_nobody_looked(string? country, Match expected) =>
        Assert.Equal(expected, Says(""" "country": ["DE", "at"] """, Policies.Request() with { Country = country }));

    [Fact]
    public void An_address_of_no_known_country_is_a_country_of_its_own() =>
        Assert.Equal(Match.Yes, Says(""" "country": ["unknown"] """, Policies.Request() with { Country = CountryNames.Unknown }));

    [Theory]
    [InlineData(""" "device": ["managed"] """)]
    [InlineData(""" "client": ["browser"] """)]
    [InlineData(""" "platform": ["ios"] """)]
    [InlineData(""" "country": ["DE"] """)]
    public void What_is_not_known_forbids_and_requires_but_never_permits(string when)
    {
        const string Permit = """{ "id": "p", "effect": "permit" }""";

        Assert.Equal(DecisionKind.Deny, Policies.PermitWhen(when).Decide(Policies.Request()).Kind);
        Assert.Equal(DecisionKind.Deny, Policies.PermitWhen($$""" "not": { {{when}} } """).Decide(Policies.Request()).Kind);
        Assert.Equal("f", Policies.WithRules(Permit, $$"""{ "id": "f", "effect": "forbid", "when": { {{when}} } }""").Decide(Policies.Request()).RuleId);
        Assert.Equal(
            "r",
            Policies.WithRules(Permit, $$"""{ "id": "r", "effect": "require", "when": { "not": { {{when}} } }, "demand": { "mfa": true } }""")
                .Decide(Policies.Request()).RuleId);
    }
}
