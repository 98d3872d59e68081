using System.Collections.Immutable;

namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>The access control policies AD FS comes with.</summary>
/// <remarks>learn.microsoft.com/windows-server/identity/ad-fs/operations/access-control-policies-in-ad-fs. The first four names are those of
/// real farms; the spelling of the two with extranet and intranet is unconfirmed, their meaning is not.</remarks>
internal static class AdfsTemplates
{
    private static readonly AdfsCondition Always = new(AdfsConditionKind.Always, "", [], "");
    private static readonly AdfsCondition Mfa = new(AdfsConditionKind.Mfa, "", [], "");

    /// <summary>Templates that ask for what only AD FS knows.</summary>
    private static readonly ImmutableArray<string> Devices =
        ["Permit everyone and require MFA from unauthenticated devices", "Permit everyone and require MFA, allow automatic device registration"];

    /// <summary>Templates whose groups are given at assignment.</summary>
    private static readonly ImmutableArray<string> WithGroups = ["Permit everyone and require MFA for specific group", "Permit specific group"];

    public static ImmutableArray<string> Names { get; } =
    [
        "Permit everyone", "Permit everyone and require MFA", .. WithGroups,
        "Permit everyone and require MFA from extranet access", "Permit everyone for intranet access",
    ];

    public static bool NeedsDevices(string name) => Devices.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool NeedsGroups(string name) => WithGroups.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The rules of a template; null when there is none of this name.</summary>
    public static AdfsPolicy? Find(string name, IReadOnlyList<string> groups)
    {
        var group = new AdfsCondition(AdfsConditionKind.Group, "", groups, AdfsVocabulary.GroupParameter);
        IReadOnlyList<AdfsRule>? rules = Array.FindIndex([.. Names], known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) switch
        {
            0 => [Rule(Always)],
            1 => [Rule(Always, Mfa)],
            2 => [Rule(group, Mfa), new AdfsRule([Always], [group])],
            3 => [Rule(group)],
            4 => [Rule(Location(AdfsVocabulary.Extranet), Mfa), Rule(Location(AdfsVocabulary.Intranet))],
            5 => [Rule(Location(AdfsVocabulary.Intranet))],
            _ => null,
        };
        return rules is null ? null : new AdfsPolicy(RequireFreshAuthentication: false, rules);
    }

    /// <summary>The template these rules are, whatever the policy is called; null when none.</summary>
    public static string? Recognize(AdfsPolicy policy)
    {
        var groups = policy.Rules.SelectMany(rule => rule.Conditions).Where(condition => condition.Kind is AdfsConditionKind.Group)
            .Select(condition => condition.Values).FirstOrDefault([]);
        return Names.FirstOrDefault(name => IsSame(policy.Rules, Find(name, groups)!.Rules));
    }

    private static bool IsSame(IReadOnlyList<AdfsRule> left, IReadOnlyList<AdfsRule> right) =>
        left.Count == right.Count && right.All(rule => left.Any(other => IsSame(rule, other)));

    private static bool IsSame(AdfsRule left, AdfsRule right) =>
        IsSame(Telling(left), Telling(right)) && IsSame(left.Exceptions, right.Exceptions);

    private static bool IsSame(IReadOnlyList<AdfsCondition> left, IReadOnlyList<AdfsCondition> right) =>
        left.Count == right.Count && left.All(condition => right.Any(condition.Says));

    // "Always" beside another condition says nothing, and exports have it in some rules and not in others.
    private static IReadOnlyList<AdfsCondition> Telling(AdfsRule rule) =>
        [.. rule.Conditions.Where(condition => condition.Kind is not AdfsConditionKind.Always)];

    private static AdfsRule Rule(params AdfsCondition[] conditions) => new(conditions, []);

    private static AdfsCondition Location(string place) => new(AdfsConditionKind.Location, "", [place], "");
}
