using System.Net;
using System.Text;
using System.Text.Json;
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

/// <summary>Decisions of a policy, the audit lines they leave, and what is read back from these.</summary>
internal static class DecisionLines
{
    public const string ChromeOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

    public static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 30, 15, 123, 456, TimeSpan.Zero);

    public static GatewaySession Session() => new() { User = "alice@contoso.test", Subject = "sub", Provider = "adfs", CreatedAt = Now };

    public static RecordedDecision ReadBack(JsonElement line)
    {
        var read = AuditLine.Read(Encoding.UTF8.GetBytes(line.GetRawText()), out var problem);
        Assert.Equal("", problem);
        var recorded = RecordedDecision.Of(read!, out var why);
        Assert.Equal("", why);
        return recorded!;
    }

    public static PolicySet Compile(IEnumerable<string> rules)
    {
        var json = $$"""{ "version": 1, "rules": [ {{string.Join(',', rules.Select((rule, n) => $$"""{ "id": "r{{n}}", {{rule}} }"""))}} ] }""";
        var document = PolicyCompiler.Compile(json, [new OnceFactory()]);
        Assert.Empty(document.Problems);
        return document.Policy!;
    }

    public static JsonElement Line(PolicySet policy, GatewaySession session, PolicySet? trial = null, string target = "/owa/", string fingerprint = "0123456789ab", string? trialFingerprint = null)
    {
        var context = Ask(policy, session, (target, "GET", "10.1.2.3", ChromeOnWindows), trial, fingerprint, trialFingerprint);
        return Json(DecisionLine.Complete(AuditEvent.Of(context, AuditActions.Decision, success: true, null, Now), context));
    }

    public static DefaultHttpContext Ask(PolicySet policy, GatewaySession session, (string Target, string Verb, string? Source, string Agent) request, PolicySet? trial = null, string fingerprint = "0123456789ab", string? trialFingerprint = null)
    {
        Assert.True(CanonicalTarget.TryParse(request.Target, out var target));
        var context = new DefaultHttpContext { Request = { Method = request.Verb } };
        if (request.Agent.Length > 0) context.Request.Headers.UserAgent = request.Agent;
        var gateway = new GatewayFeature
        {
            Source = request.Source is null ? null : IPAddress.Parse(request.Source),
            Target = target,
            Publication = new Publication(target.Path[1..4], "owa", 0),
            Session = new LiveSession(SessionHandle.Create().Key(), session, default, Now, Now.AddHours(1), Now),
            Policies = new PoliciesInForce(policy, trial, Countries: null, fingerprint) { TrialFingerprint = trialFingerprint },
        };
        context.Features.Set(gateway);
        gateway.Request = RequestGathering.Gather(context, gateway, gateway.Policies, Now);
        gateway.Decision = policy.Decide(gateway.Request);
        return context;
    }

    public static JsonElement Json(AuditEvent line) => JsonElement.Parse(JsonSerializer.Serialize(line, AuditJson.Default.AuditEvent));

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
