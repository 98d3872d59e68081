using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>A named location as a condition.</summary>
/// <param name="Name">Its display name.</param>
/// <param name="Ranges">Its networks, canonical; empty for countries.</param>
/// <param name="Countries">Its countries; empty for networks.</param>
/// <param name="IsTrusted">Whether it is among the trusted ones.</param>
internal sealed record NamedLocation(string Name, IReadOnlyList<string> Ranges, IReadOnlyList<string> Countries, bool IsTrusted)
{
    /// <summary>The condition that an address is in here.</summary>
    public JsonObject Block(ImportedDocument document) => Ranges.Count > 0
        ? Blocks.Of("network", document.AddNetwork(Name, Ranges))
        : Blocks.Of("country", Countries);

    /// <summary>A fact that meets it. A location that could not be read has neither networks nor countries, and refuses the import.</summary>
    public (string Name, JsonNode Value) Fact => Ranges.Count > 0
        ? ("source", Ranges[0][..Ranges[0].IndexOf('/', StringComparison.Ordinal)])
        : ("country", Countries.FirstOrDefault(CountryNames.Unknown));
}

/// <summary>Reads the named locations of a tenant: <c>GET /identity/conditionalAccess/namedLocations</c>.</summary>
internal static class NamedLocations
{
    private static readonly string[] Common = ["id", "displayName", "createdDateTime", "modifiedDateTime", "deletedDateTime"];

    public static IReadOnlyDictionary<string, NamedLocation> Read(string? json, List<PolicyProblem> problems)
    {
        var locations = new Dictionary<string, NamedLocation>(StringComparer.OrdinalIgnoreCase);
        if (json is null)
            return locations;
        var found = new List<PolicyProblem>();
        var file = GraphFile.Read(json, found);
        foreach (var node in file?.Items ?? [])
            ReadOne(node, locations);
        problems.AddRange((file?.Locate(found) ?? found).Select(problem => problem with { Path = $"locations {problem.Path}" }));
        return locations;
    }

    private static void ReadOne(DocumentNode node, Dictionary<string, NamedLocation> locations)
    {
        var location = new GraphObject(
            node, [.. Common, "isTrusted", "ipRanges", "countriesAndRegions", "includeUnknownCountriesAndRegions", "countryLookupMethod"]);
        if (location.Text("id") is not { } id)
        {
            node.Report("the location has no `id`", "Export the locations again");
            return;
        }

        var name = location.Text("displayName")?.Text ?? id.Text;
        var found = (location["ipRanges"], location["countriesAndRegions"]) switch
        {
            ({ } ranges, null) => new NamedLocation(name, ReadRanges(ranges), [], location.IsTrue("isTrusted")),
            (null, { } countries) => new NamedLocation(name, [], ReadCountries(location, countries), IsTrusted: false),
            _ => null,
        };
        if (found is null)
            node.Report("this is neither a list of networks nor of countries", "Import the policies without this location");
        else if (!locations.TryAdd(id.Text, found))
            id.Report("there are two locations with this id", "Export the locations again");
    }

    private static List<string> ReadRanges(DocumentNode list)
    {
        var ranges = new List<string>();
        foreach (var node in list.Items())
        {
            var text = new GraphObject(node, ["cidrAddress"]).Text("cidrAddress");
            if (text is { } range && Cidr.Canonical(range.Text) is { } network)
                ranges.Add(network);
            else
                (text ?? node).Report("this is not a network", "Write it in CIDR notation, for example `203.0.113.0/24`");
        }

        return [.. ranges.Distinct(StringComparer.Ordinal)];
    }

    private static List<string> ReadCountries(GraphObject location, DocumentNode list)
    {
        if (location.Text("countryLookupMethod") is { } method && method.Text != "clientIpAddress")
            method.Report(
                $"{DocumentNode.Quote(method.Text)} cannot be judged here: the gateway knows the country of an address only",
                "Import the policies without this location");
        var countries = new List<string>();
        foreach (var node in list.Strings())
        {
            var country = node.Text.ToUpperInvariant();
            if (country.Length == 2 && CountryNames.All.Contains(country))
                countries.Add(country);
            else
                node.Report($"unknown country {DocumentNode.Quote(node.Text)}", "Write the two letters of ISO 3166-1");
        }

        return location.IsTrue("includeUnknownCountriesAndRegions") ? [.. countries, CountryNames.Unknown] : countries;
    }
}
