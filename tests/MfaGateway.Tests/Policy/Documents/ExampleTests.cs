using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

public class ExampleTests
{
    private static PolicyDocument WithExample(string expect, string request, string rule = "") => PolicyCompiler.Compile($$"""
        { "version": 1,
          "rules": [ { "id": "p", "effect": "permit", "when": { "resource": ["owa"] }, "demand": { "mfa": true, "maxAge": "01:00:00" } } ],
          "examples": [ { "name": "an example", "expect": "{{expect}}", {{rule}} "request": { {{request}} } } ] }
        """);

    [Fact]
    public void A_document_whose_examples_pass_becomes_a_policy()
    {
        var document = WithExample("step-up", """ "resource": "owa" """, """ "rule": "p", """);

        Assert.NotNull(document.Policy);
        Assert.True(Assert.Single(document.Examples).Passed);
    }

    [Fact]
    public void A_document_with_a_failing_example_is_refused_naming_example_expected_actual_and_rule()
    {
        var document = WithExample("allow", """ "resource": "owa" """);

        Assert.Null(document.Policy);
        Assert.False(Assert.Single(document.Examples).Passed);
        var problem = Assert.Single(document.Problems);
        Assert.Equal("$.examples[0]", problem.Path);
        Assert.Equal("the example `an example` fails: expected allow, but the answer is step-up by rule `p` (mfa-required)", problem.Message);
    }

    [Fact]
    public void The_right_answer_by_the_wrong_rule_fails()
    {
        var document = WithExample("deny", """ "resource": "ecp" """, """ "rule": "p", """);

        Assert.Contains("expected deny by rule `p`, but the answer is deny (no-rule-permits)", Assert.Single(document.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "methods": ["pwd", "mfa"] """, DecisionKind.Allow)]
    [InlineData(""" "methods": ["pwd", "otp"] """, DecisionKind.StepUp)]
    [InlineData(""" "methods": ["pwd", "mfa"], "mfa": false """, DecisionKind.StepUp)]
    [InlineData(""" "mfa": true """, DecisionKind.Allow)]
    [InlineData(""" "mfa": true, "mfaAge": "01:00:00" """, DecisionKind.Allow)]
    [InlineData(""" "mfa": true, "mfaAge": "01:00:01" """, DecisionKind.StepUp)]
    [InlineData(""" "mfa": true, "mfaAt": "2025-03-01T11:00:00Z", "now": "2025-03-01T12:00:00Z" """, DecisionKind.Allow)]
    [InlineData(""" "mfa": true, "mfaAt": "2025-03-01T13:00:00+02:00", "now": "2025-03-01T12:00:01Z" """, DecisionKind.StepUp)]
    [InlineData(""" "mfa": true, "mfaAt": "2025-03-01T12:00:01Z", "now": "2025-03-01T12:00:00Z" """, DecisionKind.StepUp)]
    public void The_proof_of_mfa_in_a_request_is_read_as_documented(string facts, DecisionKind expected) =>
        Assert.Equal(expected, Assert.Single(WithExample("allow", $$""" "resource": "owa", {{facts}} """).Examples).Actual.Kind);

    [Fact]
    public void Every_fact_of_a_request_arrives()
    {
        const string Json = """
            { "resource": "ecp", "user": "a@x", "groups": ["G"], "methods": ["hwk"], "contexts": ["c1"], "mfa": true, "mfaAge": "00:10:00",
              "now": "2025-03-01T12:00:00Z", "source": "::ffff:10.1.2.3", "provider": "adfs", "claims": { "one": "1", "two": ["2", "3"] },
              "path": "/ecp/", "method": "POST", "device": { "managed": true, "compliant": false },
              "country": "DE", "client": "browser", "platform": "windows" }
            """;

        var request = PolicyCompiler.ReadRequest(Json, Policies.Now, out var problems);

        Assert.Empty(problems);
        Assert.NotNull(request);
        Assert.Equal(("ecp", "/ecp/", "POST", "10.1.2.3"), (request.Resource, request.Path, request.HttpMethod, request.Source?.ToString()));
        Assert.Equal(("DE", "browser", "windows"), (request.Country, request.Client, request.Platform));
        var subject = request.Subject;
        Assert.Equal(("a@x", "adfs", true, true, false), (subject.User, subject.Provider, subject.Mfa, subject.DeviceManaged, subject.DeviceCompliant));
        Assert.Equal(new DateTimeOffset(2025, 3, 1, 11, 50, 0, TimeSpan.Zero), subject.MfaAt);
        Assert.Equal(["G", "hwk", "c1"], subject.Groups.Concat(subject.Methods).Concat(subject.Contexts));
        Assert.Equal(["1", "2", "3"], subject.Claims["one"].Concat(subject.Claims["two"]));
    }

    [Fact]
    public void A_request_that_does_not_say_when_is_made_now()
    {
        var request = PolicyCompiler.ReadRequest("""{ "resource": "owa", "mfa": true }""", Policies.Now, out _);

        Assert.Equal((Policies.Now, Policies.Now), (request?.Now, request?.Subject.MfaAt));
    }
}
