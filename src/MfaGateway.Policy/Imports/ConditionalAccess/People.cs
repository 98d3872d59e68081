using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>The users, groups and roles of a policy.</summary>
internal sealed class People(ConditionalAccessImportOptions options)
{
    private const string ObjectId = "oid";

    public void Translate(DocumentNode node, PolicyDraft draft)
    {
        var people = new GraphObject(
            node,
            ["includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles", "excludeRoles"],
            "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers");
        Include(people, draft);
        var users = Ids(people.Strings("excludeUsers"));
        foreach (var block in UserBlocks(users, orUnknown: false))
            draft.When.Exclude(block, Facts(users, []));
        List<string> groups = [.. Names(people.Strings("excludeGroups")), .. Names(people.Strings("excludeRoles"))];
        if (groups.Count > 0)
            draft.When.Exclude(Blocks.Of("group", groups), Facts([], groups));
    }

    private void Include(GraphObject people, PolicyDraft draft)
    {
        var users = people.Strings("includeUsers");
        List<string> groups = [.. Names(people.Strings("includeGroups")), .. Names(people.Strings("includeRoles"))];
        if (users.Any(user => user.Text == "All"))
            return;
        var ids = Ids(users.Where(user => user.Text != "None"));
        var blocks = UserBlocks(ids, orUnknown: true);
        if (groups.Count > 0)
            blocks.AddRange([Blocks.Of("group", groups), GroupsLeftOut()]);
        if (blocks.Count == 0 && users.Count == 0)
            people.Node.Report("nobody is included", "Export the policies again");
        else if (blocks.Count == 0)
            draft.Idle = "it includes nobody";
        else
            draft.When.Include(Blocks.Any(blocks), Facts(ids, groups));
    }

    private IEnumerable<(string Name, JsonNode Value)> Facts(List<string> ids, List<string> groups)
    {
        if (ids.FirstOrDefault(id => !options.Names.ContainsKey(id)) is { } id)
            yield return ("claims", new JsonObject { [ObjectId] = id });
        else if (ids.Count > 0)
            yield return ("user", options.Names[ids[0]]);
        else
            yield return ("groups", Blocks.List([groups[0]]));
    }

    /// <summary>Whether the user is one of these. Without an object id in the token the user may be any of them: that counts as included,
    /// and never as excluded.</summary>
    private List<JsonObject> UserBlocks(List<string> ids, bool orUnknown)
    {
        var blocks = new List<JsonObject>();
        var named = ids.Where(options.Names.ContainsKey).Select(id => options.Names[id]).ToList();
        if (named.Count > 0)
            blocks.Add(Blocks.Of("user", named));
        var others = ids.Where(id => !options.Names.ContainsKey(id)).ToList();
        if (others.Count > 0)
            blocks.Add(Blocks.Claim(ObjectId, others));
        if (others.Count > 0 && orUnknown)
            blocks.Add(Blocks.Not(Blocks.HasClaim(ObjectId)));
        return blocks;
    }

    /// <summary>Entra ID leaves the groups out of the token of a user who has very many and says so: such a user may be a member.</summary>
    /// <remarks>learn.microsoft.com/entra/identity-platform/id-token-claims-reference, groups overage claim.</remarks>
    private static JsonObject GroupsLeftOut() => new()
    {
        ["claim"] = new JsonArray(
            new JsonObject { ["type"] = "_claim_names", ["operator"] = "equals", ["value"] = "groups" },
            new JsonObject { ["type"] = "hasgroups", ["operator"] = "exists" }),
    };

    private IEnumerable<string> Names(IReadOnlyList<DocumentNode> ids) =>
        Ids(ids).Select(id => options.Names.TryGetValue(id, out var name) ? name : id);

    /// <summary>Object ids as tokens write them. Words such as <c>GuestsOrExternalUsers</c> speak of what no token says reliably.</summary>
    private List<string> Ids(IEnumerable<DocumentNode> nodes)
    {
        var ids = new List<string>();
        foreach (var node in nodes)
        {
            if (options.Names.ContainsKey(node.Text))
                ids.Add(node.Text);
            else if (Guid.TryParseExact(node.Text, "D", out var id))
                ids.Add(id.ToString("D"));
            else
                node.Report($"{DocumentNode.Quote(node.Text)} cannot be judged at the gateway", "Import the policies with object ids here");
        }

        return ids;
    }
}
