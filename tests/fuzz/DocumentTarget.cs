using System.Text;
using System.Text.Json;
using MfaGateway.Policy;
using MfaGateway.Policy.Coverage;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Lint;

namespace MfaGateway.Fuzz;

/// <summary>A policy document is read, or refused in words; what it allows it permits in words.</summary>
internal static class DocumentTarget
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static FuzzTarget Create() => new("document", DocumentWriter.Words, random => new DocumentWriter(random).Write(), Try) { Share = 3 };

    private static FuzzFindings Try(string json)
    {
        var document = PolicyCompiler.Compile(json);

        var features = Targets.Check(document.Problems, json, "$");
        FuzzFailure.Unless(document.Policy is null == document.Problems.Count > 0, "a document is either a policy or has problems");
        if (document.Policy is not { } policy)
            return new FuzzFindings(IsValid: false, features);

        foreach (var request in Targets.Probes)
            features.Add(Ask(policy, request, json));
        features.AddRange(PolicyLint.Check(json, document, [], new DateOnly(2025, 6, 2), trialDays: 30).Select(finding => finding.Id));
        FuzzFailure.Unless(PolicyCoverage.Of(policy, document.Examples.Select(result => result.Example)).Percent is >= 0 and <= 100, "coverage is a share");
        return new FuzzFindings(IsValid: true, features);
    }

    private static string Ask(PolicySet policy, AccessRequest request, string json)
    {
        var decision = policy.Decide(request);
        var explanation = policy.Explain(request);
        FuzzFailure.Unless(explanation.Decision == decision, "an explanation tells the decision that was made");
        if (decision.Kind is DecisionKind.Allow)
            FuzzFailure.Unless(Permits(json, decision.RuleId!), "who is allowed in is named by a permit that is on and stands in the text");
        policy.DemandsOf(request);
        return string.Join(' ', explanation.Rules.Select(rule => $"{rule.Effect}{rule.Match}").Distinct().Order()) + decision.Kind;
    }

    // Read once more by somebody who knows nothing of the compiler.
    private static bool Permits(string json, string id)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json), Lenient);
        return document.RootElement.GetProperty("rules").EnumerateArray().Any(rule =>
            rule.GetProperty("id").GetString() == id && rule.GetProperty("effect").GetString() == "permit"
            && (!rule.TryGetProperty("state", out var state) || state.GetString() == "on"));
    }
}
