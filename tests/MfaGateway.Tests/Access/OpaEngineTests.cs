using System.IO.Compression;
using MfaGateway.Access;
using MfaGateway.Access.Opa;
using MfaGateway.Configuration;
using MfaGateway.Policy;
using MfaGateway.Tests.Contracts;
using MfaGateway.Tests.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Access;

public sealed class OpaEngineTests : PolicyEngineContract
{
    private const string Allow = """{ "result": { "decision": "allow", "rules": ["staff-mail"] } }""";

    private readonly FakeTimeProvider _time = new(Policies.Now);
    private OpaStandIn? _agent;

    private OpaStandIn Agent => _agent!;

    private protected override async Task<IPolicyEngine> CreateAsync(PolicySet policy)
    {
        _agent = await OpaStandIn.StartAsync();
        _agent.AnswerAs(policy);
        return Create(new OpaOptions { Url = _agent.Url });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_agent is not null) await _agent.DisposeAsync();
    }

    [Fact]
    public async Task It_asks_as_the_documentation_of_the_data_API_says()
    {
        using var engine = Create(new OpaOptions { Url = Agent.Url, Path = "contoso/mail/decision", BearerToken = new Secret("s3cret") });
        Agent.Always(200, Allow);

        await engine.DecideAsync(Policies.Request(), Cancel);

        var question = Assert.Single(Agent.Questions);
        Assert.Equal(("POST", "/v1/data/contoso/mail/decision", "Bearer s3cret", "application/json"), (question.Method, question.Path, question.Authorization, question.ContentType));
        Assert.Equal(
            """
            {"resource":"owa","path":"/owa/","method":"GET","source":"10.1.2.3","now":"2025-06-02T09:30:00+00:00","user":"alice@contoso.test","provider":"adfs","groups":["Staff"],"methods":["pwd"],"contexts":[],"mfa":false,"device":{},"claims":{}}
            """,
            question.Body.GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task What_is_asked_is_a_request_in_the_words_of_policy_explain()
    {
        Agent.Always(200, Allow);
        var asked = Policies.Request(new AccessSubject { User = "a@contoso.test", Mfa = true, MfaAt = Policies.Now.AddMinutes(-5), DeviceManaged = true }) with { Country = "DE", Client = "browser", Platform = "ios" };
        await Engine.DecideAsync(asked, Cancel);

        var read = MfaGateway.Policy.Documents.PolicyCompiler.ReadRequest(Agent.Questions.Single().Body.GetProperty("input").GetRawText(), default, out var problems);

        Assert.Empty(problems);
        Assert.Equal(asked with { Subject = read!.Subject }, read);
        Assert.Equal((asked.Subject.User, asked.Subject.MfaAt, true), (read.Subject.User, read.Subject.MfaAt, read.Subject.DeviceManaged));
    }

    [Fact]
    public async Task One_connection_serves_one_question_after_the_other()
    {
        for (var n = 0; n < 20; n++) await Engine.DecideAsync(Policies.Request(), Cancel);

        Assert.Single(Agent.Questions.Select(question => question.Connection).Distinct());
    }

    [Fact]
    public async Task All_rules_that_decided_are_told()
    {
        Agent.Always(200, """{ "result": { "decision": "deny", "reason": "outside-hours", "rules": ["a", "b.c", "d-1"] } }""");

        var answer = await Engine.DecideAsync(Policies.Request(), Cancel);

        Assert.Equal(PolicyDecision.Deny("outside-hours", "a"), answer.Decision);
        Assert.Equal(["a", "b.c", "d-1"], answer.Rules);
    }

    [Theory]
    [InlineData("""{ "result": { "decision": "allow" } }""", "allow", "permitted", "opa")]
    [InlineData("""{ "result": { "decision": "deny" } }""", "deny", "forbidden", null)]
    [InlineData("""{ "result": { "decision": "deny", "rules": [] } }""", "deny", "forbidden", null)]
    [InlineData("""{ "result": { "decision": "step-up", "demands": { "mfa": true } } }""", "step-up", "mfa-required", "opa")]
    [InlineData("""{ "result": { "decision": "step-up", "demands": { "context": ["c1"] } } }""", "step-up", "context-required", "opa")]
    [InlineData("""{ "result": { "decision": "step-up", "demands": { "method": ["pwd"] } } }""", "step-up", "mfa-required", "opa")] // has that already: the agent wants it again
    [InlineData("""{ "decision_id": "1", "result": { "decision": "allow", "note": 1 }, "warning": { "code": "api_usage_warning" } }""", "allow", "permitted", "opa")]
    public async Task What_an_answer_leaves_out_has_a_default(string body, string kind, string reason, string? rule)
    {
        Agent.Always(200, body);

        var decision = (await Engine.DecideAsync(Policies.Request(), Cancel)).Decision;

        Assert.Equal((kind, reason, rule), (decision.Kind.ToCode(), decision.Reason, decision.RuleId));
    }

    [Theory]
    [InlineData(200, "", "not valid JSON")]
    [InlineData(200, "{", "not valid JSON")]
    [InlineData(200, """{ "result": { "decision": "allow" } } x""", "not valid JSON")]
    [InlineData(200, """{ "result": { "decision": "deny", "decision": "allow" } }""", "not valid JSON")]
    [InlineData(200, """{ "result": { "decision": "deny" }, "result": { "decision": "allow" } }""", "not valid JSON")]
    [InlineData(200, """{ "result": { "decision": "\ud800" } }""", "not valid JSON")]
    [InlineData(200, """{ "result": { "decision": "allow", "note": "\ud800" } }""", "not valid JSON")]
    [InlineData(200, """{ "result": { "decision": "allow" }, "\udc00": 1 }""", "not valid JSON")]
    [InlineData(500, """{ "code": "\ud800" }""", "it answered 500")]
    [InlineData(500, """{ "code": "a", "code": "b" }""", "it answered 500")]
    [InlineData(200, "null", "not an object")]
    [InlineData(200, "[]", "not an object")]
    [InlineData(200, "\"allow\"", "not an object")]
    [InlineData(200, OpaStandIn.Undefined, "undefined")]
    [InlineData(200, """{ "decision_id": "1" }""", "undefined")]
    [InlineData(200, """{ "decision": "allow" }""", "undefined")]
    [InlineData(200, """{ "result": true }""", "not an object with a decision")]
    [InlineData(200, """{ "result": null }""", "not an object with a decision")]
    [InlineData(200, """{ "result": ["allow"] }""", "not an object with a decision")]
    [InlineData(200, """{ "result": {} }""", "not allow, step-up or deny")]
    [InlineData(200, """{ "result": { "allow": true } }""", "not allow, step-up or deny")]
    [InlineData(200, """{ "result": { "decision": true } }""", "not allow, step-up or deny")]
    [InlineData(200, """{ "result": { "decision": "ALLOW" } }""", "not allow, step-up or deny")]
    [InlineData(200, """{ "result": { "decision": "allow " } }""", "not allow, step-up or deny")]
    [InlineData(200, """{ "result": { "decision": "step-up" } }""", "asks for nothing")]
    [InlineData(200, """{ "result": { "decision": "step-up", "demands": {} } }""", "the demand is empty")]
    [InlineData(200, """{ "result": { "decision": "step-up", "demands": { "mfa": "yes" } } }""", "demands are wrong")]
    [InlineData(200, """{ "result": { "decision": "step-up", "demands": { "mfaa": true } } }""", "demands are wrong")]
    [InlineData(200, """{ "result": { "decision": "step-up", "demands": { "maxAge": 900 } } }""", "demands are wrong")]
    [InlineData(200, """{ "result": { "decision": "step-up", "demands": { "mfa": true, "device": { "managed": true } } } }""", "no sign-in changes a device")]
    [InlineData(200, """{ "result": { "decision": "deny", "reason": "Sorry, not today" } }""", "reason is not a code")]
    [InlineData(200, """{ "result": { "decision": "allow", "reason": 7 } }""", "reason is not a code")]
    [InlineData(200, """{ "result": { "decision": "allow", "rules": "staff" } }""", "rules are not a list")]
    [InlineData(200, """{ "result": { "decision": "allow", "rules": ["a\nb"] } }""", "rules are not a list")]
    [InlineData(200, """{ "result": { "decision": "allow", "rules": [null] } }""", "rules are not a list")]
    [InlineData(400, OpaStandIn.InvalidParameter, "it answered 400 invalid_parameter")]
    [InlineData(401, OpaStandIn.Unauthorized, "it answered 401 unauthorized")]
    [InlineData(500, OpaStandIn.Conflict, "it answered 500 internal_error")]
    [InlineData(500, Allow, "it answered 500")]
    [InlineData(204, "", "it answered 204")]
    [InlineData(502, "<html>", "it answered 502")]
    public async Task What_is_not_exactly_an_answer_is_none(int status, string body, string why)
    {
        Agent.Answer = (context, _) => status == 204 ? Status(context, status) : OpaStandIn.Text(context, status, body);

        var thrown = await Assert.ThrowsAsync<PolicyEngineException>(() => Engine.DecideAsync(Policies.Request(), Cancel).AsTask());

        Assert.StartsWith("Open Policy Agent has no answer: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_none()
    {
        Agent.Always(200, $$"""{ "result": { "decision": "allow", "note": "{{new string('x', 70_000)}}" } }""");

        await AssertNoAnswerAsync();
    }

    [Fact]
    public async Task A_compressed_answer_was_not_asked_for_and_is_none()
    {
        Agent.Answer = async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Allow), context.RequestAborted);
        };

        await AssertNoAnswerAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_carries_neither_facts_nor_token_away(int status)
    {
        await using var other = await OpaStandIn.StartAsync();
        other.Always(200, Allow);
        Agent.Answer = (context, _) =>
        {
            context.Response.Headers.Location = new Uri(other.Url, "/v1/data/mfagw/decision").AbsoluteUri;
            return Status(context, status);
        };

        await AssertNoAnswerAsync();

        Assert.Equal((1, 0), (Agent.Received, other.Received));
    }

    [Fact]
    public async Task An_agent_that_is_not_there_has_no_answer()
    {
        await Agent.DisposeAsync();

        await AssertNoAnswerAsync();
        Assert.False(await Engine.AnswersAsync(Cancel));
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_none()
    {
        var asked = new TaskCompletionSource();
        Agent.Answer = (context, _) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        var answer = Engine.DecideAsync(Policies.Request(), Cancel).AsTask();
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(2));

        var thrown = await Assert.ThrowsAsync<PolicyEngineException>(() => answer);
        Assert.Contains("00:00:02", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_no_failure_of_the_agent()
    {
        using var engine = Create(new OpaOptions { Url = Agent.Url, BreakAfter = 2 });
        for (var n = 0; n < 5; n++)
        {
            using var caller = new CancellationTokenSource();
            Agent.Answer = async (context, _) =>
            {
                await caller.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.DecideAsync(Policies.Request(), caller.Token).AsTask());
        }

        Agent.Always(200, Allow);
        Assert.Equal(DecisionKind.Allow, (await engine.DecideAsync(Policies.Request(), Cancel)).Decision.Kind);
    }

    [Fact]
    public async Task An_agent_that_fails_is_left_alone_for_a_while_and_then_asked_once()
    {
        using var engine = Create(new OpaOptions { Url = Agent.Url, BreakAfter = 3, BreakFor = TimeSpan.FromSeconds(5) });
        Agent.Always(500, OpaStandIn.Conflict);
        for (var n = 0; n < 10; n++) await Assert.ThrowsAsync<PolicyEngineException>(() => engine.DecideAsync(Policies.Request(), Cancel).AsTask());
        Assert.Equal(3, Agent.Questions.Count);

        _time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<PolicyEngineException>(() => engine.DecideAsync(Policies.Request(), Cancel).AsTask());
        await Assert.ThrowsAsync<PolicyEngineException>(() => engine.DecideAsync(Policies.Request(), Cancel).AsTask());
        Assert.Equal(4, Agent.Questions.Count);

        Agent.Always(200, Allow);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(DecisionKind.Allow, (await engine.DecideAsync(Policies.Request(), Cancel)).Decision.Kind);
        Assert.Equal(DecisionKind.Allow, (await engine.DecideAsync(Policies.Request(), Cancel)).Decision.Kind);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(500, false)]
    public async Task Readiness_is_what_the_health_API_says(int status, bool ready)
    {
        Agent.Health = status;

        Assert.Equal(ready, await Engine.AnswersAsync(Cancel));
    }

    private async Task AssertNoAnswerAsync() =>
        await Assert.ThrowsAsync<PolicyEngineException>(() => Engine.DecideAsync(Policies.Request(), Cancel).AsTask());

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private OpaEngine Create(OpaOptions options) => new(options, Settings.Default, _time, NullLogger<OpaEngine>.Instance);
}
