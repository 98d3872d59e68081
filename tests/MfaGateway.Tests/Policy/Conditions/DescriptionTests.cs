using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Conditions;

/// <summary>What an explanation shows beside a condition.</summary>
public class DescriptionTests
{
    private static readonly AccessRequest Asked = Policies.Request(new AccessSubject
    {
        User = "alice@contoso.test",
        Groups = new HashSet<string> { "Staff", "Finance" },
        Methods = new HashSet<string> { "pwd", "otp" },
        DeviceManaged = true,
        DeviceCompliant = false,
        Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Sales", "Legal"] },
    }) with { Country = "DE", Client = "browser", Platform = "ios" };

    private static readonly AccessRequest Blank = new() { Subject = AccessSubject.Anonymous, Resource = "owa" };

    [Theory]
    [InlineData(""" "group": ["Staff"] """, "Finance, Staff", "none")]
    [InlineData(""" "user": ["x"] """, "alice@contoso.test", "nobody")]
    [InlineData(""" "provider": ["x"] """, "none", "none")]
    [InlineData(""" "country": ["DE"] """, "DE", "not known")]
    [InlineData(""" "client": ["browser"] """, "browser", "not known")]
    [InlineData(""" "platform": ["ios"] """, "ios", "not known")]
    [InlineData(""" "source": ["10.0.0.0/8"] """, "10.1.2.3", "address unknown")]
    [InlineData(""" "network": ["intranet"] """, "10.1.2.3", "address unknown")]
    [InlineData(""" "path": ["/x"] """, "/owa/", "/")]
    [InlineData(""" "resource": ["ecp"] """, "owa", "owa")]
    [InlineData(""" "method": ["otp"] """, "otp, pwd", "none")]
    [InlineData(""" "method": ["POST", "otp"] """, "GET; signed in with otp, pwd", "GET; signed in with none")]
    [InlineData(""" "device": ["managed"] """, "managed: yes, compliant: no", "managed: not known, compliant: not known")]
    [InlineData(""" "claim": [ { "type": "department", "operator": "exists" }, { "type": "role", "operator": "exists" } ] """, "department = Legal, Sales; no role", "no department; no role")]
    [InlineData(""" "time": [ { "timeZone": "UTC" }, { "timeZone": "UTC", "from": "08:00" } ] """, "Monday 09:30 UTC", "Monday 00:00 UTC")]
    public void A_condition_shows_what_it_found(string when, string found, string foundInNothing)
    {
        var policy = Policies.PermitWhen(when);

        Assert.Equal(found, policy.Explain(Asked).Rules[0].Conditions[0].Found);
        Assert.Equal(foundInNothing, policy.Explain(Blank).Rules[0].Conditions[0].Found);
    }

    [Fact]
    public void A_policy_needs_the_facts_its_conditions_look_at()
    {
        var policy = Policies.WithRules(
            """{ "id": "a", "effect": "permit", "when": { "client": ["browser"], "country": ["DE"] } }""",
            """{ "id": "b", "effect": "permit", "when": { "country": ["AT"], "not": { "country": ["DE"] } } }""",
            """{ "id": "c", "effect": "permit", "when": { "claim": [ { "type": "department", "operator": "exists" } ], "group": ["Staff"] } }""",
            """{ "id": "d", "effect": "permit", "when": { "platform": ["ios"] }, "state": "off" }""");

        Assert.Equal(RequestFacts.Client | RequestFacts.Country, policy.Needs.Facts);
        Assert.Equal(RequestFacts.Country, Policies.PermitWhen(""" "country": ["AT"], "not": { "country": ["DE"] } """).Needs.Facts);
        Assert.Equal(RequestFacts.Platform, Policies.PermitWhen(""" "platform": ["ios"] """).Needs.Facts);
        Assert.Equal(["department"], policy.Needs.ClaimTypes);
        Assert.Equal(["Staff"], policy.Needs.Groups);
    }
}
