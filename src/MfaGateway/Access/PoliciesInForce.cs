using System.Security.Cryptography;
using System.Text;
using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>What decides: an immutable set that is swapped as a whole, so that one request is judged by one set.</summary>
/// <param name="Enforced">The policy whose answers count.</param>
/// <param name="Trial">The policy that is asked beside it, whose answers are recorded and have no effect; null for none.</param>
/// <param name="Countries">Where addresses are; null when no file is configured.</param>
/// <param name="Fingerprint">Names the enforced document in the audit trail.</param>
internal sealed record PoliciesInForce(PolicySet Enforced, PolicySet? Trial, CountryDatabase? Countries, string Fingerprint)
{
    /// <summary>What both policies look at.</summary>
    public PolicyNeeds Needs { get; } = PolicyNeeds.Union(Trial is null ? [Enforced.Needs] : [Enforced.Needs, Trial.Needs]);

    /// <summary>All answers to a request: the one that counts, and those that are only recorded.</summary>
    /// <param name="request">The question.</param>
    /// <param name="decision">What the enforced policy has answered already.</param>
    public Answers Answer(AccessRequest request, PolicyDecision decision) => new(
        decision,
        Enforced.HasReportOnly ? Enforced.DecideReportOnly(request) : null,
        Trial?.Decide(request));

    /// <summary>The first digits of a document's SHA-256.</summary>
    public static string FingerprintOf(string document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)))[..12];
}

/// <summary>The answers to one request.</summary>
/// <param name="Decision">The one that counts.</param>
/// <param name="WithReportOnly">The enforced document's answer if its report-only rules were on; null when it has none.</param>
/// <param name="Trial">The answer of the document on trial; null when there is none.</param>
internal readonly record struct Answers(PolicyDecision Decision, PolicyDecision? WithReportOnly, PolicyDecision? Trial);
