using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.Adfs;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Fuzz;

/// <summary>A policy of another product becomes a valid document, or is refused in words; and nobody comes in whom it does not name.</summary>
internal static class ImportTargets
{
    private const string Strength = "00000000-0000-0000-0000-000000000004";

    private static readonly AccessRequest Stranger = new() { Subject = AccessSubject.Anonymous, Resource = "owa" };

    private static readonly AdfsImportOptions Adfs = new()
    {
        Intranet = ["10.0.0.0/8", "fd00::/8"],
        ConditionTypes = new Dictionary<string, string> { ["DeviceCondition"] = "device" },
    };

    private static readonly ConditionalAccessImportOptions ConditionalAccess = new()
    {
        BasePermitGroups = ["Staff"],
        Targets = new Dictionary<string, IReadOnlyList<string>> { ["2a000000-0000-4000-8000-000000000001"] = ["owa", "ecp"], ["c7"] = ["ecp"], ["*"] = [] },
        Strengths = new Dictionary<string, string> { [Strength] = "method:fido,hwk" },
        ManagedMeansHybridJoined = true,
        ClientAppsByUserAgent = true,
    };

    private static readonly string[] XmlWords =
    [
        "<Rule>", "</Rule>", "<Conditions>", "</Conditions>", "<Condition i:type=\"AlwaysCondition\"><Operator>IsPresent</Operator></Condition>", "<Exceptions>", "</Exceptions>",
        "<Condition i:type=\"GroupMembershipCondition\"><Operator>Equals</Operator><Values><Value>S-1</Value></Values></Condition>", "<Values>", "</Values>", "<Value>", "</Value>",
        "<Condition i:type=\"LocationCondition\"><Operator>Equals</Operator><Values><Value>extranet</Value></Values></Condition>", "LocationCondition", "SpecificClaimCondition",
        "MultiFactorAuthenticationCondition", "AlwaysCondition", "GroupMembershipCondition", "DeviceCondition", "Equals", "IsPresent", "NotEquals", "intranet", "10.0.0.0/8", "::/0",
        "managed", "compliant", "<ClaimType>department</ClaimType>", "<ParameterName>GroupParameter</ParameterName>", "true", "false", "1", "xmlns", "i:type", "i:nil=\"true\"",
        "<RequireFreshAuthentication>", "<IssuanceAuthorizationRules>", "<!DOCTYPE x [<!ENTITY a \"b\">]>", "&a;", "&amp;", "&#65;", "Condition", "Rule", "/", ">", "<", "\"", "'",
    ];

    private static readonly string[] GraphWords =
    [
        "\"conditions\":", "\"users\":", "\"includeUsers\":", "\"excludeUsers\":", "\"includeGroups\":", "\"excludeGroups\":", "\"includeRoles\":", "\"excludeRoles\":", "\"All\"",
        "\"None\"", "\"GuestsOrExternalUsers\"", "\"applications\":", "\"includeApplications\":", "\"excludeApplications\":", "\"Office365\"", "\"includeUserActions\":",
        "\"includeAuthenticationContextClassReferences\":", "\"c7\"", "\"clientAppTypes\":", "\"browser\"", "\"all\"", "\"exchangeActiveSync\"", "\"other\"", "\"platforms\":",
        "\"includePlatforms\":", "\"iOS\"", "\"windows\"", "\"locations\":", "\"includeLocations\":", "\"excludeLocations\":", "\"AllTrusted\"", "\"devices\":", "\"deviceFilter\":",
        "\"mode\":", "\"include\"", "\"exclude\"", "\"rule\":", "\"device.isCompliant -eq True\"", "\"-not (device.trustType -ne \\\"ServerAD\\\")\"", "-and", "-or", "-not", "(", ")",
        "\"grantControls\":", "\"operator\":", "\"AND\"", "\"OR\"", "\"builtInControls\":", "\"mfa\"", "\"block\"", "\"compliantDevice\"", "\"domainJoinedDevice\"",
        "\"passwordChange\"", "\"authenticationStrength\":", $"{{\"id\":\"{Strength}\"}}", "\"sessionControls\":", "\"signInFrequency\":", "\"hours\"", "\"days\"", "\"value\":", "4",
        "\"frequencyInterval\":", "\"everyTime\"", "\"timeBased\"", "\"isEnabled\":", "\"state\":", "\"enabled\"", "\"disabled\"", "\"enabledForReportingButNotEnforced\"", "\"id\":",
        "\"displayName\":", "\"isTrusted\":", "\"ipRanges\":", "\"cidrAddress\":", "\"203.0.113.0/24\"", "\"countriesAndRegions\":", "\"DE\"", "[]", "{}", "null", "true", "false", ",",
        "\"@odata.nextLink\":", "\"includeUnknownCountriesAndRegions\":", "\"userRiskLevels\":", "[\"high\"]",
    ];

    public static IEnumerable<FuzzTarget> Create()
    {
        yield return new FuzzTarget("adfs", XmlWords, generate: null, TryAdfs) { Share = 2 };
        yield return new FuzzTarget("conditional-access", GraphWords, generate: null, TryPolicies);
        yield return new FuzzTarget("locations", GraphWords, generate: null, TryLocations);
    }

    private static FuzzFindings TryAdfs(string xml)
    {
        var result = AdfsImport.FromMetadata(xml, Adfs);

        var features = Targets.Check(result.Problems, xml, "/");
        // Whoever shows nothing meets no other condition of AD FS than these two, and the second only once he has proven himself.
        if (Judge(result)?.Decide(Stranger).Kind is { } kind and not DecisionKind.Deny)
        {
            var word = kind is DecisionKind.Allow ? "AlwaysCondition" : "MultiFactorAuthenticationCondition";
            FuzzFailure.Unless(xml.Contains(word, StringComparison.Ordinal), $"a stranger gets {kind} by {word} only");
        }

        return new FuzzFindings(result.Document is not null, features);
    }

    private static FuzzFindings TryPolicies(string json)
    {
        var result = ConditionalAccessImport.Import(json, Locations(), ConditionalAccess);

        var features = Targets.Check(result.Problems, json, "$");
        if (Judge(result) is { } policy)
            FuzzFailure.Unless(policy.Decide(Stranger).Kind is DecisionKind.Deny, "only members of the base permit's groups come in");
        return new FuzzFindings(result.Document is not null, features.Concat(result.Notes));
    }

    private static FuzzFindings TryLocations(string json)
    {
        var result = ConditionalAccessImport.Import(Policies(), json, ConditionalAccess);

        var features = Targets.Check([.. result.Problems.Where(problem => problem.Path.StartsWith("locations $", StringComparison.Ordinal))], json, "locations $");
        Judge(result);
        return new FuzzFindings(result.Document is not null, features.Concat(result.Problems.Select(problem => problem.Path[..1])));
    }

    private static PolicySet? Judge(ImportResult result)
    {
        FuzzFailure.Unless(result.Document is null == result.Problems.Count > 0, "a policy is either imported or has problems");
        if (result.Document is null)
            return null;
        var compiled = PolicyCompiler.Compile(result.Document);
        FuzzFailure.Unless(compiled.Policy is not null, "an imported document is valid");
        return compiled.Policy;
    }

    private static string Locations() => Seed("locations", "Office");

    private static string Policies() => Seed("conditional-access", "Require MFA");

    private static string Seed(string target, string holding) =>
        Targets.All.First(one => one.Name == target).Seeds.First(seed => seed.Contains(holding, StringComparison.Ordinal));
}
