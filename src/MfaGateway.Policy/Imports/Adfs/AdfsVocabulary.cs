using System.Collections.Frozen;

namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>The names of PolicyMetadata that are understood. Microsoft publishes no schema of it; this table is the one place where
/// a name is believed, and whatever is not in it refuses the import.</summary>
/// <remarks>
/// Always, MultiFactorAuthentication and SpecificClaim stand in exports of real farms. Location and GroupMembership stand in the
/// documentation of a vendor of AD FS adapters (Mideye, "ADFS Access Control Policies with PowerShell") with CIDR networks, `extranet` and
/// SIDs as values; `intranet` beside `extranet`, the element of exceptions and the element that names a parameter are unconfirmed. No source
/// names the condition for devices.
/// </remarks>
internal static class AdfsVocabulary
{
    /// <summary>The namespace of every element: the data contract of AD FS.</summary>
    public const string Namespace = "http://schemas.datacontract.org/2012/04/ADFS";

    public const string InstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";

    public const string Root = "PolicyMetadata";
    public const string Fresh = "RequireFreshAuthentication";
    public const string Rules = "IssuanceAuthorizationRules";
    public const string Rule = "Rule";
    public const string Conditions = "Conditions";
    public const string Condition = "Condition";
    public const string ClaimType = "ClaimType";
    public const string Operator = "Operator";
    public const string Values = "Values";
    public const string Value = "Value";

    /// <summary>Unconfirmed.</summary>
    public const string Exceptions = "Exceptions";

    /// <summary>Unconfirmed. `ResultantPolicy` of a trust has the parameters filled in and needs none of it.</summary>
    public const string ParameterName = "ParameterName";

    public const string IsPresent = "IsPresent";
    public const string EqualTo = "Equals";

    public const string Intranet = "intranet";
    public const string Extranet = "extranet";

    /// <summary>The parameter of the built-in templates that take groups.</summary>
    public const string GroupParameter = "GroupParameter";

    /// <summary>What a condition is, by its <c>i:type</c>.</summary>
    public static readonly FrozenDictionary<string, AdfsConditionKind> Types = new Dictionary<string, AdfsConditionKind>
    {
        ["AlwaysCondition"] = AdfsConditionKind.Always,
        ["MultiFactorAuthenticationCondition"] = AdfsConditionKind.Mfa,
        ["SpecificClaimCondition"] = AdfsConditionKind.Claim,
        ["GroupMembershipCondition"] = AdfsConditionKind.Group, // not confirmed by Microsoft
        ["LocationCondition"] = AdfsConditionKind.Location, // not confirmed by Microsoft
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What an operator may say of a kind of condition.</summary>
    public static string OperatorOf(AdfsConditionKind kind) => kind is AdfsConditionKind.Always or AdfsConditionKind.Mfa ? IsPresent : EqualTo;
}
