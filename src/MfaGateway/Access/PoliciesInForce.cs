using System.Security.Cryptography;
using System.Text;
using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>What decides: an immutable set that is swapped as a whole, so that one request is judged by one set.</summary>
/// <param name="Enforced">The document whose answers count; null when another engine decides.</param>
/// <param name="Trial">The policy that is asked beside it, whose answers are recorded and have no effect; null for none.</param>
/// <param name="Countries">Where addresses are; null when no file is configured.</param>
/// <param name="Fingerprint">Names the enforced document in the audit trail; null without one.</param>
internal sealed record PoliciesInForce(PolicySet? Enforced, PolicySet? Trial, CountryDatabase? Countries, string? Fingerprint)
{
    /// <summary>Nobody knows what another engine looks at.</summary>
    private static readonly PolicyNeeds _everyFact = new() { Facts = RequestFacts.Country | RequestFacts.Client | RequestFacts.Platform };

    /// <summary>Whose answers count. As long as nothing else is set: the document, and without one a document without rules, which denies.</summary>
    public IPolicyEngine Engine { get; init; } = new DocumentEngine(Enforced ?? new PolicySet([]));

    /// <summary>Names the document on trial in the audit trail; null without one.</summary>
    public string? TrialFingerprint { get; init; }

    /// <summary>What both policies look at.</summary>
    public PolicyNeeds Needs { get; } = PolicyNeeds.Union([Enforced?.Needs ?? _everyFact, Trial?.Needs ?? PolicyNeeds.None]);

    /// <summary>All answers to a request: the one that counts, and those that are only recorded.</summary>
    /// <param name="request">The question.</param>
    /// <param name="decision">What the enforced policy has answered already.</param>
    public Answers Answer(AccessRequest request, PolicyDecision decision) => new(
        decision,
        Enforced is { HasReportOnly: true } ? Enforced.DecideReportOnly(request) : null,
        Trial?.Decide(request));

    /// <summary>The first digits of a document's SHA-256.</summary>
    public static string FingerprintOf(string document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)))[..12];
}

/// <summary>The answers to one request.</summary>
/// <param name="Decision">The one that counts.</param>
/// <param name="WithReportOnly">The enforced document's answer if its report-only rules were on; null when it has none.</param>
/// <param name="Trial">The answer of the document on trial; null when there is none.</param>
internal readonly record struct Answers(PolicyDecision Decision, PolicyDecision? WithReportOnly, PolicyDecision? Trial);
