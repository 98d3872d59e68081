using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>A document that is asked about decisions of the past.</summary>
/// <param name="policy">The document.</param>
/// <param name="text">Its text, which names it.</param>
public sealed class ReplayedPolicy(PolicySet policy, string text)
{
    private readonly string _fingerprint = PoliciesInForce.FingerprintOf(text);

    /// <summary>Its answer; null when that depends on something the record does not tell.</summary>
    /// <param name="recorded">The decision.</param>
    /// <param name="why">What is not told, as the end of a sentence.</param>
    public PolicyDecision? Decide(RecordedDecision recorded, out string why)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        why = "";
        var request = recorded.RequestFor(policy.Needs, _fingerprint);
        var decision = policy.Decide(request);
        if (request.Unrecorded is not { } unrecorded || policy.DecideInFavour(request).Kind == decision.Kind) return decision;
        why = $"the line does not tell {Describe(unrecorded)}";
        return null;
    }

    private static string Describe(PolicyNeeds unrecorded)
    {
        var facts = new List<string>();
        if (unrecorded.Groups.Count > 0) facts.Add($"whether the user is in {Names(unrecorded.Groups)}");
        if (unrecorded.ClaimTypes.Count > 0) facts.Add($"the claim {Names(unrecorded.ClaimTypes)}");
        if (unrecorded.Facts != RequestFacts.None) facts.Add("the country");
        return string.Join(", nor ", facts);
    }

    private static string Names(IReadOnlySet<string> names) => string.Join(" or ", names.Order(StringComparer.Ordinal).Take(3).Select(name => $"`{name}`")) + (names.Count > 3 ? " or others" : "");
}
