using System.Net;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>What the policies of the differential test speak of: people, places, applications, strengths.</summary>
internal static class CaTenant
{
    public const string Alice = "0a000000-0000-4000-8000-000000000001";
    public const string Bob = "0b000000-0000-4000-8000-000000000002";
    public const string Named = "0c000000-0000-4000-8000-000000000003"; // mapped to carol@contoso.test
    public const string Carol = "carol@contoso.test";
    public const string Staff = "1a000000-0000-4000-8000-000000000001";
    public const string Finance = "1b000000-0000-4000-8000-000000000002";
    public const string ExchangeAdministrator = "29232cdf-9323-42fd-ade2-1d097af3e4de"; // a role's template id, as the claim wids has it
    public const string Gateway = "2a000000-0000-4000-8000-000000000001";
    public const string Admin = "2b000000-0000-4000-8000-000000000002"; // stands for ecp
    public const string Elsewhere = "2c000000-0000-4000-8000-000000000003";
    public const string Office = "3a000000-0000-4000-8000-000000000001";
    public const string Lab = "3b000000-0000-4000-8000-000000000002";
    public const string Germany = "3c000000-0000-4000-8000-000000000003";
    public const string NowhereOrAmerica = "3d000000-0000-4000-8000-000000000004";
    public const string PhishingResistant = "00000000-0000-0000-0000-000000000004";
    public const string Multifactor = "00000000-0000-0000-0000-000000000002";

    public static readonly IReadOnlyDictionary<string, string[]> Targets = new Dictionary<string, string[]>
    {
        [Gateway] = ["owa", "ecp"],
        [Admin] = ["ecp"],
        ["c7"] = ["ecp"],
        ["*"] = [],
    };

    public static readonly IReadOnlyDictionary<string, IPNetwork[]> Networks = new Dictionary<string, IPNetwork[]>
    {
        [Office] = [IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("2001:db8::/32")],
        [Lab] = [IPNetwork.Parse("10.1.0.0/16")],
    };

    public static readonly IReadOnlyDictionary<string, string[]> Countries = new Dictionary<string, string[]>
    {
        [Germany] = ["DE"],
        [NowhereOrAmerica] = ["US", "unknown"],
    };

    public const string Locations = $$"""
        { "value": [
            { "@odata.type": "#microsoft.graph.ipNamedLocation", "id": "{{Office}}", "displayName": "Office", "isTrusted": true,
              "ipRanges": [ { "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.77/24" },
                            { "@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8:1::1/32" } ] },
            { "@odata.type": "#microsoft.graph.ipNamedLocation", "id": "{{Lab}}", "displayName": "office", "isTrusted": false,
              "ipRanges": [ { "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "10.1.0.0/16" } ] },
            { "@odata.type": "#microsoft.graph.countryNamedLocation", "id": "{{Germany}}", "displayName": "Germany",
              "countriesAndRegions": ["DE"], "includeUnknownCountriesAndRegions": false, "countryLookupMethod": "clientIpAddress" },
            { "@odata.type": "#microsoft.graph.countryNamedLocation", "id": "{{NowhereOrAmerica}}", "displayName": "Nowhere or America",
              "countriesAndRegions": ["US"], "includeUnknownCountriesAndRegions": true } ] }
        """;
}
