using System.Net;
using System.Security;
using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>A condition of an access control policy as the differential test draws it.</summary>
internal sealed record AdfsTestCondition(string Type, string ClaimType, params string[] Values)
{
    public string ToXml()
    {
        var (claim, operation) = (Type == "SpecificClaimCondition" ? $"<ClaimType>{ClaimType}</ClaimType>" : "", Values.Length > 0 ? "Equals" : "IsPresent");
        var values = string.Concat(Values.Select(value => $"<Value>{SecurityElement.Escape(value)}</Value>"));
        return $"""<Condition i:type="{Type}">{claim}<Operator>{operation}</Operator><Values>{values}</Values></Condition>""";
    }
}

/// <summary>A rule as the differential test draws it.</summary>
internal sealed record AdfsTestRule(AdfsTestCondition[] Conditions, AdfsTestCondition[] Exceptions)
{
    public string ToXml() =>
        $"<Rule><Conditions>{string.Concat(Conditions.Select(condition => condition.ToXml()))}</Conditions>"
        + (Exceptions.Length == 0 ? "" : $"<Exceptions>{string.Concat(Exceptions.Select(exception => exception.ToXml()))}</Exceptions>")
        + "</Rule>";

    public static string ToXml(params IEnumerable<AdfsTestRule> rules) => $"""
        <PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">
          <RequireFreshAuthentication>false</RequireFreshAuthentication>
          <IssuanceAuthorizationRules>{string.Concat(rules.Select(rule => rule.ToXml()))}</IssuanceAuthorizationRules>
        </PolicyMetadata>
        """;
}

/// <summary>How AD FS decides, in its own terms and for clarity only: any rule that fits grants; a rule with multi-factor authentication grants
/// once that took place; nothing else grants. A fact that is not known lets nobody in.</summary>
internal static class AdfsReference
{
    public static DecisionKind Decide(IEnumerable<AdfsTestRule> rules, AccessRequest request, string[] resources, IPNetwork[] intranet)
    {
        if (!resources.Contains(request.Resource))
            return DecisionKind.Deny;
        var fitting = rules.Where(rule => Fits(rule, request, intranet)).ToList();
        if (fitting.Any(rule => request.Subject.Mfa || !AsksForMfa(rule)))
            return DecisionKind.Allow;
        return fitting.Count > 0 ? DecisionKind.StepUp : DecisionKind.Deny;
    }

    private static bool AsksForMfa(AdfsTestRule rule) => rule.Conditions.Any(condition => condition.Type == "MultiFactorAuthenticationCondition");

    private static bool Fits(AdfsTestRule rule, AccessRequest request, IPNetwork[] intranet) =>
        rule.Conditions.All(condition => Holds(condition, request, intranet, StringComparison.Ordinal) == true)
        && rule.Exceptions.All(exception => Holds(exception, request, intranet, StringComparison.OrdinalIgnoreCase) == false);

    /// <summary>Null is "not known".</summary>
    private static bool? Holds(AdfsTestCondition condition, AccessRequest request, IPNetwork[] intranet, StringComparison caseOfClaims)
    {
        var subject = request.Subject;
        switch (condition.Type)
        {
            case "SpecificClaimCondition":
                return subject.Claims.TryGetValue(condition.ClaimType, out var claims)
                    && claims.Any(claim => condition.Values.Any(value => string.Equals(value, claim, caseOfClaims)));
            case "GroupMembershipCondition":
                return condition.Values.Any(group => subject.Groups.Any(member => string.Equals(member, group, StringComparison.OrdinalIgnoreCase)));
            case "LocationCondition":
                return request.Source is null ? null : condition.Values.Any(place => IsIn(place, request.Source, intranet));
            default:
                return true;
        }
    }

    private static bool IsIn(string place, IPAddress address, IPNetwork[] intranet) => place switch
    {
        "intranet" => intranet.Any(network => network.Contains(address)),
        "extranet" => !intranet.Any(network => network.Contains(address)),
        _ => IPNetwork.Parse(place).Contains(address),
    };
}
