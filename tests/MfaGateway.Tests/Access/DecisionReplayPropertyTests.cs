using CsCheck;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Policy;
using MfaGateway.Sessions;
using static MfaGateway.Tests.Access.DecisionLines;

namespace MfaGateway.Tests.Access;

/// <summary>A decision made again from its audit line is the decision that was made.</summary>
public class DecisionReplayPropertyTests
{
    // Each looks at something else, and holds about as often as not.
    private static readonly Gen<string> Conditions = Gen.OneOf(
        """ "resource": ["owa"] """, """ "user": ["*@contoso.test"] """, """ "group": ["Staff", "Finance"] """, """ "group": ["Admins"] """, """ "source": ["10.0.0.0/8"] """,
        """ "provider": ["adfs"] """, """ "claim": [ { "type": "department", "operator": "in", "value": ["Sales", "Legal"] } ] """, """ "device": ["managed"] """,
        """ "device": ["compliant"] """, """ "client": ["browser"] """, """ "platform": ["windows", "ios"] """, """ "path": ["/owa/service.svc"] """, """ "method": ["POST", "otp"] """,
        """ "time": [ { "from": "08:30", "to": "08:31", "timeZone": "UTC" } ] """);

    // And what the policy in force never asked for; one of them of a plug-in, to which more facts can also say no.
    private static readonly Gen<string> OtherConditions = Gen.Frequency(
        (2, Conditions), (1, Gen.OneOf(""" "group": ["Others"] """, """ "group": ["Staff", "Others"] """, """ "claim": [ { "type": "secret", "operator": "exists" } ] """, """ "once": "department" """)));

    private static readonly Gen<string> Demands = Gen.OneOf(
        "", """, "demand": { "mfa": true } """, """, "demand": { "maxAge": "00:10:00" } """, """, "demand": { "method": ["hwk", "otp"] } """,
        """, "demand": { "context": ["c1"] } """, """, "demand": { "device": { "compliant": true } } """);

    private static readonly Gen<string> Rules = RulesOf(Conditions);

    private static readonly Gen<string> OtherRules = RulesOf(OtherConditions);

    private static Gen<string> RulesOf(Gen<string> conditions) => Gen.Select(Gen.Frequency((4, "permit"), (2, "require"), (1, "forbid")), conditions, Gen.Bool, Demands, (effect, when, not, demand) =>
        $$"""
        "effect": "{{effect}}", "when": { {{(not ? $$""" "not": { {{when}} } """ : when)}} }{{effect switch
        {
            "forbid" => "",
            "require" when demand.Length == 0 => """, "demand": { "mfa": true } """,
            _ => demand,
        }}}
        """);

    private static readonly Gen<GatewaySession> Sessions = Gen.Select(
        Gen.OneOf("alice@contoso.test", "bob@fabrikam.test"),
        Gen.OneOf("Staff", "finance", "Admins", "Others").Array[0, 3],
        Gen.OneOf("pwd", "otp", "hwk").Array[0, 2],
        Gen.OneOf("c1", "C1", "c2").Array[0, 2],
        Gen.OneOf("Sales", "Legal", "IT").Array[0, 2],
        Gen.OneOf<bool?>(true, false, null),
        Gen.OneOf<bool?>(true, false, null),
        Gen.OneOf<int?>(null, 0, 599, 600, 601),
        (user, groups, methods, contexts, departments, managed, compliant, age) => new GatewaySession
        {
            User = user,
            Subject = "sub",
            Provider = user.StartsWith('a') ? "adfs" : "entra",
            Groups = groups,
            Methods = methods,
            Contexts = contexts,
            Claims = departments.Length == 0 ? new Dictionary<string, IReadOnlyList<string>>() : new() { ["department"] = departments, ["secret"] = ["CONFIDENTIAL"] },
            Mfa = age is not null,
            MfaAt = Now.AddSeconds(-age ?? 0),
            DeviceManaged = managed,
            DeviceCompliant = compliant,
            CreatedAt = Now,
        });

    private static readonly Gen<(string Target, string Verb, string? Source, string Agent)> Requests = Gen.Select(
        Gen.OneOf("/owa/", "/owa/service.svc", "/ecp/"), Gen.OneOf("GET", "POST"), Gen.OneOf<string?>("10.1.2.3", "203.0.113.9", null), Gen.OneOf(ChromeOnWindows, "curl/8", ""));

    [Fact]
    public void A_decision_can_be_made_again_from_its_line()
    {
        var kinds = new int[3];

        Gen.Select(Rules.Array[1, 6], Sessions, Requests).Sample(
            (rules, session, request) =>
            {
                var policy = Compile(rules);
                var context = Ask(policy, session, request);

                var line = Json(DecisionLine.Complete(AuditEvent.Of(context, AuditActions.Decision, success: true, null, Now.AddSeconds(1)), context));

                var (recorded, again) = (GatewayFeature.Of(context).Decision, new ReplayedPolicy(policy, "").Decide(ReadBack(line), out _));
                Interlocked.Increment(ref kinds[(int)recorded.Kind]);
                Assert.Equal(recorded, again);
                Assert.Equal(recorded.Kind.ToCode(), line.GetProperty("gateway.decision").GetString());
                Assert.False(line.TryGetProperty("gateway.facts.incomplete", out _));
                Assert.DoesNotContain("CONFIDENTIAL", line.ToString(), StringComparison.Ordinal);
            },
            iter: 10_000);

        Assert.All(kinds, count => Assert.InRange(count, 1_000, 8_000));
    }

    [Fact]
    public void Another_policy_answers_from_the_line_as_it_would_have_live_or_says_that_it_cannot()
    {
        var (told, notTold, incomplete) = (0, 0, 0);

        Gen.Select(Rules.Array[1, 4], OtherRules.Array[1, 4], Sessions, Requests, Gen.Bool).Sample(
            (inForce, other, session, request, cut) =>
            {
                var context = Ask(Compile(inForce), session, request);
                var policy = Compile(other);
                var live = policy.Decide(RequestGathering.Gather(context, GatewayFeature.Of(context), new PoliciesInForce(policy, null, null, null), Now));
                var line = DecisionLine.Complete(AuditEvent.Of(context, AuditActions.Decision, success: true, null, Now), context);
                if (cut) line = line with { FactGroups = null, FactClaims = line.FactClaims?.ToDictionary(claim => claim.Key, IReadOnlyList<string> (claim) => [.. claim.Value.Take(1)]), FactsIncomplete = ["groups", "claims"] };

                var again = new ReplayedPolicy(policy, "").Decide(ReadBack(Json(line)), out var why);

                Interlocked.Increment(ref again is null ? ref notTold : ref told);
                if (cut && again is null) Interlocked.Increment(ref incomplete);
                Assert.Equal(again is null, why.StartsWith("the line does not tell", StringComparison.Ordinal));
                if (again is { } answer) Assert.Equal(live.Kind, answer.Kind);
            },
            iter: 20_000);

        Assert.InRange(notTold, 1_000, told);
        Assert.InRange(incomplete, 500, notTold);
    }
}
