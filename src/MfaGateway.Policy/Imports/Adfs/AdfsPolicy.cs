namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>What a condition of an access control policy looks at.</summary>
internal enum AdfsConditionKind
{
    /// <summary>Nothing: it always holds.</summary>
    Always,

    /// <summary>Multi-factor authentication took place. The sign-in brings it, so it is a demand here.</summary>
    Mfa,

    /// <summary>A claim has one of the values.</summary>
    Claim,

    /// <summary>The user is a member of one of the groups.</summary>
    Group,

    /// <summary>The request comes from one of the places: <c>intranet</c>, <c>extranet</c> or networks.</summary>
    Location,

    /// <summary>The device has one of the trust levels.</summary>
    Device,
}

/// <summary>A condition of a rule.</summary>
/// <param name="Kind">What it looks at.</param>
/// <param name="ClaimType">The claim's type, of a claim condition.</param>
/// <param name="Values">Any one of these. Empty where there is nothing to compare.</param>
/// <param name="Place">Where it stands in the input, for messages.</param>
/// <param name="Line">The line there; null in a template.</param>
internal sealed record AdfsCondition(AdfsConditionKind Kind, string ClaimType, IReadOnlyList<string> Values, string Place, int? Line = null)
{
    public bool Says(AdfsCondition other) =>
        Kind == other.Kind && ClaimType == other.ClaimType && Values.ToHashSet(StringComparer.Ordinal).SetEquals(other.Values);
}

/// <summary>One rule: permits when every condition holds and no exception does.</summary>
internal sealed record AdfsRule(IReadOnlyList<AdfsCondition> Conditions, IReadOnlyList<AdfsCondition> Exceptions);

/// <summary>An access control policy: permits when any rule does.</summary>
internal sealed record AdfsPolicy(bool RequireFreshAuthentication, IReadOnlyList<AdfsRule> Rules);
