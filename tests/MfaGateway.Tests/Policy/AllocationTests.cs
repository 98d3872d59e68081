using System.Globalization;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

public class AllocationTests
{
    private static readonly PolicySet Policy = Policies.WithRules(
    [
        .. Enumerable.Range(0, 40).Select(n => Rule(n, "permit", $$""" "resource": ["owa"], "group": ["Group {{n}}", "Other {{n}}"] """, """ "mfa": true """)),
        .. Enumerable.Range(40, 20).Select(n => Rule(n, "forbid", $$""" "resource": ["owa"], "not": { "network": ["intranet"] }, "path": ["/owa/*/x{{n}}/**"] """)),
        .. Enumerable.Range(60, 20).Select(n => Rule(n, "require", $$""" "claim": [ { "type": "department", "operator": "matches", "value": "^Sales {{n}}$" } ] """, """ "method": ["hwk"] """)),
        .. Enumerable.Range(80, 8).Select(n => Rule(n, "forbid", $$""" "any": [ { "user": ["*@d{{n}}.test"] }, { "provider": ["p{{n}}"], "method": ["POST", "otp"] } ] """)),
        .. Enumerable.Range(88, 10).Select(n => Rule(
            n,
            "forbid",
            $$"""
            "country": ["KP", "unknown"], "client": ["other"], "platform": ["other"], "device": ["compliant"],
            "time": [ { "from": "22:00", "to": "0{{n % 10}}:30", "timeZone": "Europe/Berlin" }, { "weekdays": ["sunday"], "timeZone": "America/New_York" } ]
            """)),
        Rule(98, "permit", """ "resource": ["owa"], "group": ["Staff"] """, """ "mfa": true, "maxAge": "01:00:00", "context": ["c1"] """),
        Rule(99, "permit", """ "resource": ["ecp"], "group": ["Staff"] """, """ "device": { "managed": true } """),
    ]);

    private static readonly AccessSubject Proven = new()
    {
        User = "alice@contoso.test",
        Provider = "adfs",
        Groups = Enumerable.Range(1000, 50).Select(n => $"Group {n}").Append("staff").ToHashSet(),
        Methods = new HashSet<string> { "pwd", "otp" },
        Contexts = new HashSet<string> { "c1" },
        Mfa = true,
        MfaAt = Policies.Now,
        DeviceCompliant = true,
        Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Sales", "Marketing"] },
    };

    private static string Rule(int n, string effect, string when, string? demand = null) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{ "id": "r{{n}}", "effect": "{{effect}}", "when": { {{when}} }{{(demand is null ? "" : $$""", "demand": { {{demand}} }""")}} }""");

    [Fact]
    public void Deciding_on_100_rules_to_allow_allocates_nothing() => AssertNothingAllocated(Policies.Request(Proven), DecisionKind.Allow);

    [Fact]
    public void Deciding_on_100_rules_to_deny_allocates_nothing() =>
        AssertNothingAllocated(Policies.Request(Proven) with { Resource = "ecp" }, DecisionKind.Deny);

    [Fact]
    public void Deciding_on_100_rules_to_step_up_allocates_nothing() => AssertNothingAllocated(
        Policies.Request(new AccessSubject { Groups = Proven.Groups, Methods = Proven.Methods, Claims = Proven.Claims, User = Proven.User, Provider = Proven.Provider, DeviceCompliant = true }),
        DecisionKind.StepUp);

    private static void AssertNothingAllocated(AccessRequest asked, DecisionKind expected)
    {
        var request = asked with { Country = "KP", Client = "other", Platform = "other" }; // so that every condition is asked, down to the time
        for (var warmUp = 0; warmUp < 200; warmUp++)
            Assert.Equal(expected, Policy.Decide(request).Kind);

        // A collection that other tests cause meanwhile closes this thread's allocation window and may count what was left of it, up to 8 KB. What deciding
        // allocates is allocated every time, so the least of a few measurements is the truth.
        var allocated = long.MaxValue;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1000; round++) Policy.Decide(request);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // A few bytes of alignment are counted even so; no object is smaller than 24 bytes.
        Assert.InRange(allocated, 0, 23);
    }
}
