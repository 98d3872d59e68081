using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy;

/// <summary>What an explanation says of each demand: the wanted, the found, and whether signing in again helps.</summary>
public class DemandExplanationTests
{
    private static AccessSubject Proven(TimeSpan? ago) => new() { Mfa = true, MfaAt = ago is { } age ? Policies.Now - age : null };

    private static DemandExplanation Of(string demand, AccessSubject subject) =>
        Assert.Single(Policies.PermitDemanding(demand).Explain(Policies.Request(subject)).Rules[0].Demands);

    public static TheoryData<string, string, AccessSubject, string, string, bool> Demands() => new()
    {
        { "mfa", "\"mfa\": true", new AccessSubject(), "true", "false", false },
        { "mfa", "\"mfa\": true", Proven(null), "true", "true", true },
        { "maxAge", "\"maxAge\": \"00:10:00\"", new AccessSubject(), "00:10:00", "no proof of MFA", false },
        { "maxAge", "\"maxAge\": \"00:10:00\"", Proven(null), "00:10:00", "time unknown", false },
        { "maxAge", "\"maxAge\": \"00:10:00\"", Proven(TimeSpan.FromSeconds(-1)), "00:10:00", "time in the future", false },
        { "maxAge", "\"maxAge\": \"00:10:00\"", Proven(TimeSpan.Zero), "00:10:00", "00:00:00", true },
        { "maxAge", "\"maxAge\": \"1.00:00:00\"", Proven(new TimeSpan(23, 59, 59)), "1.00:00:00", "23:59:59", true },
        { "maxAge", "\"maxAge\": \"00:10:00\"", Proven(new TimeSpan(2, 3, 4, 5)), "00:10:00", "2.03:04:05", false },
        { "method", "\"method\": [\"hwk\", \"fido\"]", new AccessSubject(), "hwk or fido", "none", false },
        { "method", "\"method\": [\"hwk\", \"fido\"]", new AccessSubject { Methods = new HashSet<string> { "pwd", "hwk" } }, "hwk or fido", "hwk, pwd", true },
        { "context", "\"context\": [\"c1\", \"c2\"]", new AccessSubject { Contexts = new HashSet<string> { "c3" } }, "c1 or c2", "c3", false },
        { "device", "\"device\": { \"managed\": true }", new AccessSubject(), "managed", "unknown", false },
        { "device", "\"device\": { \"compliant\": true }", new AccessSubject { DeviceManaged = true }, "compliant", "managed", false },
        { "device", "\"device\": { \"managed\": true }", new AccessSubject { DeviceCompliant = true }, "managed", "compliant", false },
        { "device", "\"device\": { \"managed\": true }", new AccessSubject { DeviceManaged = false }, "managed", "neither managed nor compliant", false },
        { "device", "\"device\": { \"compliant\": true }", new AccessSubject { DeviceCompliant = false }, "compliant", "neither managed nor compliant", false },
        {
            "device", "\"device\": { \"managed\": true, \"compliant\": true }", new AccessSubject { DeviceManaged = true, DeviceCompliant = true },
            "managed and compliant", "managed and compliant", true
        },
    };

    [Theory]
    [MemberData(nameof(Demands))]
    public void Every_demand_says_what_is_wanted_and_what_was_found(string name, string demand, AccessSubject subject, string wanted, string found, bool met)
    {
        var explanation = Of(demand, subject);

        Assert.Equal((name, wanted, found, met, name != "device", "p"), (explanation.Name, explanation.Wanted, explanation.Found, explanation.Met, explanation.BySigningIn, explanation.RuleId));
    }

    [Fact]
    public void A_policy_asked_nothing_says_so_and_does_not_decide()
    {
        var policy = Policies.PermitDemanding("\"mfa\": true");

        Assert.Throws<ArgumentNullException>(() => policy.Decide(null!));
        Assert.Throws<ArgumentNullException>(() => policy.DecideReportOnly(null!));
        Assert.Throws<ArgumentNullException>(() => policy.DemandsOf(null!));
        Assert.Throws<ArgumentNullException>(() => policy.Explain(null!));
        Assert.Throws<ArgumentNullException>(() => new AccessSubject { Groups = null! });
        Assert.Throws<ArgumentNullException>(() => new AccessSubject { Claims = null! });
        Assert.Throws<ArgumentNullException>(() => PolicyNeeds.Union(null!));
    }
}
