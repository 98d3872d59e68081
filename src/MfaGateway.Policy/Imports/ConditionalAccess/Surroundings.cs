using System.Collections.Frozen;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>Where from and with what: client app types, platforms and locations of a policy.</summary>
internal sealed class Surroundings(
    ConditionalAccessImportOptions options, IReadOnlyDictionary<string, NamedLocation> locations, ImportedDocument document)
{
    private const string AllTrusted = "AllTrusted";

    /// <summary>Client app types and the clients that are of this type by their user agent. No request for ActiveSync reaches a published
    /// application, so these types have none.</summary>
    private static readonly FrozenDictionary<string, string[]> Clients = new Dictionary<string, string[]>
    {
        ["browser"] = ["browser"],
        ["mobileAppsAndDesktopClients"] = ["mobile-app", "desktop-app"],
        ["exchangeActiveSync"] = [],
        ["easSupported"] = [],
        ["other"] = ["other"],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Platforms = new Dictionary<string, string>
    {
        ["android"] = "android",
        ["iOS"] = "ios",
        ["windows"] = "windows",
        ["macOS"] = "macos",
        ["linux"] = "linux",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public void TranslateClients(IReadOnlyList<DocumentNode> types, PolicyDraft draft)
    {
        foreach (var type in types.Where(type => type.Text != "all" && !Clients.ContainsKey(type.Text)))
            type.Report($"unknown client app type {DocumentNode.Quote(type.Text)}", () => DidYouMean.Among(Clients.Keys.Append("all"), type.Text));
        if (types.Count == 0 || types.Any(type => type.Text == "all"))
            return;
        var clients = types.SelectMany(type => Clients.GetValueOrDefault(type.Text, [])).ToList();
        if (options.ClientAppsByUserAgent && clients.Count > 0)
            draft.When.Include(Blocks.Of("client", clients), ("client", clients[0]));
        else if (!clients.Contains("browser"))
            draft.Idle = "everybody signs in to the gateway in a browser, and it concerns other client apps";
    }

    public static void TranslatePlatforms(DocumentNode node, PolicyDraft draft)
    {
        var platforms = new GraphObject(node, ["includePlatforms", "excludePlatforms"]);
        var included = platforms.Strings("includePlatforms");
        if (included.Count == 0)
            node.Report("no platform is included", "Export the policies again");
        var names = included.Where(name => name.Text != "all").Select(Platform).OfType<string>().ToList();
        if (names.Count > 0 && !included.Any(name => name.Text == "all"))
            draft.When.Include(Blocks.Of("platform", names), ("platform", names[0]));
        var excluded = platforms.Strings("excludePlatforms").Select(Platform).OfType<string>().ToList();
        if (excluded.Count > 0)
            draft.When.Exclude(Blocks.Of("platform", excluded), ("platform", excluded[0]));
    }

    public void TranslateLocations(DocumentNode node, PolicyDraft draft)
    {
        var places = new GraphObject(node, ["includeLocations", "excludeLocations"]);
        var included = places.Strings("includeLocations");
        if (included.Concat(places.Strings("excludeLocations")).Any(id => id.Text == AllTrusted))
            draft.Notes.Add("Trusted are the networks marked so. The multifactor trusted IPs of the tenant are in no export: add them to the networks.");
        if (included.Count == 0)
            node.Report("no location is included", "Export the policies again");
        if (!included.Any(id => id.Text == "All"))
            IncludeLocations([.. included.SelectMany(Locations)], draft);
        foreach (var location in places.Strings("excludeLocations").SelectMany(Locations))
            draft.When.Exclude(location.Block(document), location.Fact);
    }

    private void IncludeLocations(List<NamedLocation> included, PolicyDraft draft)
    {
        if (included.Count > 0)
            draft.When.Include(Blocks.Any([.. included.Select(location => location.Block(document))]), included[0].Fact);
        else
            draft.Idle = "no location is trusted";
    }

    private IEnumerable<NamedLocation> Locations(DocumentNode id)
    {
        if (locations.TryGetValue(id.Text, out var location))
            return [location];
        if (id.Text == AllTrusted && locations.Count > 0)
            return locations.Values.Where(known => known.IsTrusted);
        id.Report($"the location {DocumentNode.Quote(id.Text)} is not known", "Name the file of the tenant's named locations: --locations FILE");
        return [];
    }

    private static string? Platform(DocumentNode node)
    {
        if (Platforms.TryGetValue(node.Text, out var platform))
            return platform;
        node.Report($"the platform {DocumentNode.Quote(node.Text)} cannot be judged here", () => DidYouMean.Among(Platforms.Keys, node.Text));
        return null;
    }
}
