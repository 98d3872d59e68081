using MfaGateway.Audit;
using MfaGateway.Policy;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Access;

/// <summary>Puts a decision on an audit line, with every fact it was made of, so that it can be made again from the line.</summary>
internal static class DecisionLine
{
    private const int MostValues = 100;
    private const int LongestValue = 256;

    /// <summary>The line with what the policies said; unchanged when none was asked.</summary>
    public static AuditEvent Complete(AuditEvent line, HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        if (gateway is not { Request: { } request, Policies: { } policies }) return line;
        var answers = policies.Answer(request, gateway.Decision);
        var (decision, trial) = (answers.Decision, answers.Trial);
        line = line with
        {
            Timestamp = request.Now, // the time that was judged, to the tick
            Decision = decision.Kind.ToCode(),
            Rules = gateway.Rules ?? RulesOf(decision),
            ReportOnly = answers.WithReportOnly is { } would && would.Kind != decision.Kind ? would.Kind.ToCode() : null,
            TrialDecision = trial?.Kind.ToCode(),
            TrialReason = trial?.Reason,
            TrialRules = trial is { } answer ? RulesOf(answer) : null,
            TrialPolicy = policies.TrialFingerprint,
            Policy = policies.Fingerprint,
        };
        return WithFacts(line, request, policies, context.Request.Headers);
    }

    private static AuditEvent WithFacts(AuditEvent line, AccessRequest request, PoliciesInForce policies, IHeaderDictionary headers)
    {
        var (subject, incomplete) = (request.Subject, new List<string>());
        if (request.Path.Length > LongestValue) incomplete.Add("path");
        return line with
        {
            FactGroups = Bounded(policies.Needs.Groups.Where(subject.Groups.Contains), "groups", incomplete),
            FactNotGroups = Bounded(policies.Needs.Groups.Where(group => !subject.Groups.Contains(group)), "not_groups", []), // what is on neither list is not known
            FactGroupCount = subject.Groups.Count,
            FactContexts = Bounded(subject.Contexts, "contexts", incomplete),
            FactMfa = subject.Mfa,
            FactClaims = Claims(subject, policies.Needs.ClaimTypes, incomplete),
            // looked up although no policy asked: a policy that will ask can then be tried on this line
            FactCountry = request.Country ?? policies.Countries?.CountryOf(request.Source),
            FactClient = request.Client ?? ClientSoftware.Client(headers),
            FactPlatform = request.Platform ?? ClientSoftware.Platform(headers),
            FactDeviceManaged = subject.DeviceManaged,
            FactDeviceCompliant = subject.DeviceCompliant,
            FactsIncomplete = incomplete.Count > 0 ? [.. incomplete.Distinct(StringComparer.Ordinal)] : null,
        };
    }

    private static string[]? RulesOf(PolicyDecision decision) => decision.RuleId is { } rule ? [rule] : null;

    private static Dictionary<string, IReadOnlyList<string>>? Claims(AccessSubject subject, IReadOnlySet<string> types, List<string> incomplete)
    {
        var claims = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var type in types)
        {
            if (claims.Count == MostValues) incomplete.Add("claims");
            else claims[type] = subject.Claims.TryGetValue(type, out var values) ? Bounded(values, "claims", incomplete) ?? [] : [];
        }

        return claims.Count > 0 ? claims : null;
    }

    /// <summary>The values, sorted; null for none. What does not fit is left out and said.</summary>
    private static string[]? Bounded(IEnumerable<string> values, string fact, List<string> incomplete)
    {
        var all = values.Order(StringComparer.Ordinal).ToList();
        string[] kept = [.. all.Where(value => value.Length <= LongestValue).Take(MostValues)];
        if (kept.Length < all.Count) incomplete.Add(fact);
        return kept.Length > 0 ? kept : null;
    }
}
