using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Exchange;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Access;

public class DecisionLineTests
{
    private const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 30, 15, 123, 456, TimeSpan.Zero);

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
            Claims = departments.Length == 0 ? new Dictionary<string, IReadOnlyList<string>>() : new() { ["department"] = departments, ["secret"] = ["MARK"] },
            Mfa = age is not null,
            MfaAt = Now.AddSeconds(-age ?? 0),
            DeviceManaged = managed,
            DeviceCompliant = compliant,
            CreatedAt = Now,
        });

    private static readonly Gen<(string Target, string Verb, string? Source, string Agent)> Requests = Gen.Select(
        Gen.OneOf("/owa/", "/owa/service.svc", "/ecp/"), Gen.OneOf("GET", "POST"), Gen.OneOf<string?>("10.1.2.3", "203.0.113.9", null), Gen.OneOf(Windows, "curl/8", ""));

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
                Assert.DoesNotContain("MARK", line.ToString(), StringComparison.Ordinal);
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

    [Fact]
    public void The_document_that_was_asked_finds_all_its_facts_on_the_line_however_many_it_names()
    {
        var names = string.Join(',', Enumerable.Range(0, 300).Select(n => $"\"Group {n}\""));
        var policy = Compile([$$""" "effect": "permit", "when": { "not": { "group": [{{names}}] } } """]);
        var line = Line(policy, Session() with { Groups = ["Others"] }, fingerprint: PoliciesInForce.FingerprintOf("the text"));

        var (same, other) = (new ReplayedPolicy(policy, "the text").Decide(ReadBack(line), out _), new ReplayedPolicy(policy, "another text").Decide(ReadBack(line), out var why));

        Assert.Equal(DecisionKind.Allow, same?.Kind);
        Assert.Null(other);
        Assert.StartsWith("the line does not tell whether the user is in `Group ", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_was_on_trial_finds_its_facts_on_the_line_and_its_name()
    {
        var (enforced, trial) = (Compile([""" "effect": "permit" """]), Compile([""" "effect": "permit", "when": { "not": { "group": ["New"] } } """]));

        var line = Line(enforced, Session() with { Groups = ["Others"] }, trial, trialFingerprint: "abcdefabcdef");

        Assert.Equal("abcdefabcdef", line.GetProperty("gateway.trial.policy").GetString());
        Assert.Equal(DecisionKind.Allow, new ReplayedPolicy(trial, "").Decide(ReadBack(line), out _)?.Kind);
    }

    [Fact]
    public void A_country_that_nobody_looked_up_is_not_taken_for_one_that_cannot_be_told()
    {
        var policy = Compile([""" "effect": "permit" """, """ "effect": "forbid", "when": { "country": ["DE"] } """]);
        var line = Line(Compile([""" "effect": "permit" """]), Session());

        var again = new ReplayedPolicy(policy, "").Decide(ReadBack(line), out var why);

        Assert.Equal((null, "the line does not tell the country"), (again, why));
    }

    [Theory]
    [InlineData("gateway.decision", "\"maybe\"", "`gateway.decision` is not allow, step-up or deny")]
    [InlineData("source.ip", "\"nowhere\"", "`source.ip` is not an address")]
    [InlineData("gateway.facts.incomplete", "[\"path\"]", "the path did not fit on the line whole")]
    [InlineData("gateway.methods", "[null]", "a list of facts holds `null`")]
    [InlineData("gateway.facts.claims", "{\"department\":null}", "a list of facts holds `null`")]
    [InlineData("gateway.facts.mfa", null, "`gateway.facts.mfa` is missing")]
    [InlineData("gateway.resource", null, "`gateway.resource` is missing")]
    public void A_line_from_which_no_decision_can_be_made_says_why(string field, string? value, string why)
    {
        var json = JsonObject.Create(Line(Compile([""" "effect": "permit" """]), Session()))!;
        if (value is null) json.Remove(field);
        else json[field] = JsonNode.Parse(value);

        var line = AuditLine.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), out _);

        Assert.Null(RecordedDecision.Of(line!, out var said));
        Assert.Equal(why, said);
    }

    [Fact]
    public void Only_groups_and_claims_that_the_policy_names_are_recorded_and_the_number_of_all_groups()
    {
        var policy = Compile([""" "effect": "permit", "when": { "group": ["staff", "Finance"], "claim": [ { "type": "department", "operator": "exists" } ] } """]);
        var session = Session() with
        {
            Groups = ["Staff", "Secret Project"],
            Claims = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["Sales"], ["salary"] = ["1"] },
        };

        var line = Line(policy, session);

        Assert.Equal("""["staff"]""", line.GetProperty("gateway.facts.groups").ToString());
        Assert.Equal("""["Finance"]""", line.GetProperty("gateway.facts.not_groups").ToString());
        Assert.Equal(2, line.GetProperty("gateway.facts.group_count").GetInt32());
        Assert.Equal("""{"department":["Sales"]}""", line.GetProperty("gateway.facts.claims").ToString());
    }

    [Fact]
    public void Facts_that_do_not_fit_are_left_out_and_named()
    {
        string[] groups = [.. Enumerable.Range(0, 300).Select(n => $"Group {n}")];
        var policy = Compile([$$""" "effect": "permit", "when": { "group": [{{string.Join(',', groups.Select(group => $"\"{group}\""))}}], "claim": [ { "type": "long", "operator": "exists" } ] } """]);
        var session = Session() with { Groups = groups, Claims = new Dictionary<string, IReadOnlyList<string>> { ["long"] = [new string('x', 1_000)] } };

        var line = Line(policy, session, target: "/owa/" + new string('p', 400));

        Assert.Equal(100, line.GetProperty("gateway.facts.groups").GetArrayLength());
        Assert.Equal(["path", "groups", "claims"], line.GetProperty("gateway.facts.incomplete").EnumerateArray().Select(fact => fact.GetString()));
        Assert.InRange(line.ToString().Length, 1, 5_000);
    }

    [Fact]
    public void What_rules_and_documents_without_effect_would_have_said_stands_beside_the_decision()
    {
        var enforced = Compile([""" "effect": "permit" """, """ "effect": "forbid", "state": "report-only" """]);
        var trial = Compile([""" "effect": "permit", "demand": { "mfa": true } """]);

        var line = Line(enforced, Session(), trial);

        Assert.Equal(
            ("allow", "deny", "step-up", "mfa-required", """["r0"]"""),
            (line.GetProperty("gateway.decision").GetString(), line.GetProperty("gateway.report_only").GetString(), line.GetProperty("gateway.trial.decision").GetString(),
                line.GetProperty("gateway.trial.reason").GetString(), line.GetProperty("gateway.trial.rules").ToString()));
    }

    [Fact]
    public void A_line_of_a_request_that_no_policy_judged_bears_no_facts()
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new GatewayFeature());
        var line = AuditEvent.Of(context, AuditActions.AttackRefused, success: false, "malformed-request", Now);

        Assert.Same(line, DecisionLine.Complete(line, context));
    }

    private static GatewaySession Session() => new() { User = "alice@contoso.test", Subject = "sub", Provider = "adfs", CreatedAt = Now };

    private static RecordedDecision ReadBack(JsonElement line)
    {
        var read = AuditLine.Read(Encoding.UTF8.GetBytes(line.GetRawText()), out var problem);
        Assert.Equal("", problem);
        var recorded = RecordedDecision.Of(read!, out var why);
        Assert.Equal("", why);
        return recorded!;
    }

    private static PolicySet Compile(IEnumerable<string> rules)
    {
        var json = $$"""{ "version": 1, "rules": [ {{string.Join(',', rules.Select((rule, n) => $$"""{ "id": "r{{n}}", {{rule}} }"""))}} ] }""";
        var document = PolicyCompiler.Compile(json, [new OnceFactory()]);
        Assert.Empty(document.Problems);
        return document.Policy!;
    }

    private static JsonElement Line(PolicySet policy, GatewaySession session, PolicySet? trial = null, string target = "/owa/", string fingerprint = "0123456789ab", string? trialFingerprint = null)
    {
        var context = Ask(policy, session, (target, "GET", "10.1.2.3", Windows), trial, fingerprint, trialFingerprint);
        return Json(DecisionLine.Complete(AuditEvent.Of(context, AuditActions.Decision, success: true, null, Now), context));
    }

    private static DefaultHttpContext Ask(PolicySet policy, GatewaySession session, (string Target, string Verb, string? Source, string Agent) request, PolicySet? trial = null, string fingerprint = "0123456789ab", string? trialFingerprint = null)
    {
        Assert.True(CanonicalTarget.TryParse(request.Target, out var target));
        var context = new DefaultHttpContext { Request = { Method = request.Verb } };
        if (request.Agent.Length > 0) context.Request.Headers.UserAgent = request.Agent;
        var gateway = new GatewayFeature
        {
            Source = request.Source is null ? null : IPAddress.Parse(request.Source),
            Target = target,
            Publication = new Publication(target.Path[1..4], "owa", 0),
            Session = new LiveSession(SessionHandle.Create().Key(), session, Now, Now.AddHours(1), Now),
            Policies = new PoliciesInForce(policy, trial, Countries: null, fingerprint) { TrialFingerprint = trialFingerprint },
        };
        context.Features.Set(gateway);
        gateway.Request = RequestGathering.Gather(context, gateway, gateway.Policies, Now);
        gateway.Decision = policy.Decide(gateway.Request);
        return context;
    }

    private static JsonElement Json(AuditEvent line) => JsonElement.Parse(JsonSerializer.Serialize(line, AuditJson.Default.AuditEvent));

    /// <summary>The claim has one value and no other.</summary>
    private sealed class OnceFactory : IConditionFactory, ICondition
    {
        private string _type = "";

        public string Name => "once";

        public ICondition Create(ConditionArguments arguments)
        {
            arguments.NeedsClaim(arguments.Json.GetString()!);
            return new OnceFactory { _type = arguments.Json.GetString()! };
        }

        public Match Evaluate(AccessRequest request) => request.Subject.Claims.TryGetValue(_type, out var values) && values.Count == 1 ? Match.Yes : Match.No;

        public string Describe(AccessRequest request) => "";
    }
}
