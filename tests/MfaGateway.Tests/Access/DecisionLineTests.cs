using System.Text;
using System.Text.Json.Nodes;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Policy;
using Microsoft.AspNetCore.Http;
using static MfaGateway.Tests.Access.DecisionLines;

namespace MfaGateway.Tests.Access;

public class DecisionLineTests
{
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
}
