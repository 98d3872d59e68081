using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>The applications and authentication contexts of a policy, as resources of the gateway.</summary>
internal sealed class Targets(ConditionalAccessImportOptions options)
{
    private static readonly string[] UserActions = ["urn:user:registersecurityinfo", "urn:user:registerdevice"];

    public void Translate(DocumentNode node, PolicyDraft draft)
    {
        var applications = new GraphObject(
            node,
            ["includeApplications", "excludeApplications", "includeUserActions", "includeAuthenticationContextClassReferences"],
            "applicationFilter", "networkAccess", "globalSecureAccess");
        CheckUserActions(applications);
        var included = applications.Strings("includeApplications").SelectMany(Included)
            .Concat(applications.Strings("includeAuthenticationContextClassReferences").SelectMany(Mapped))
            .ToHashSet(StringComparer.Ordinal);
        var excluded = applications.Strings("excludeApplications").SelectMany(Mapped).ToHashSet(StringComparer.Ordinal);
        List<string> resources = [.. options.Resources.Where(included.Contains).Except(excluded)];
        if (resources.Count == 0)
        {
            draft.Idle = "it concerns no application of the gateway";
            return;
        }

        draft.When.Include(Blocks.Of("resource", resources));
        if (resources[0] != options.Resources[0])
            draft.When.Facts["resource"] = JsonValue.Create(resources[0]);
    }

    private IReadOnlyList<string> Included(DocumentNode id) => id.Text switch
    {
        "All" => options.Resources,
        "None" => [],
        _ => Mapped(id),
    };

    private IReadOnlyList<string> Mapped(DocumentNode id)
    {
        if (options.Targets.TryGetValue(id.Text, out var resources) || options.Targets.TryGetValue(ConditionalAccessImportOptions.AnyOther, out resources))
            return resources;
        id.Report(
            $"is {DocumentNode.Quote(id.Text)} the gateway?",
            $"Say --target {id.Text}=owa,ecp if it stands for these, --target {id.Text}=none if not, or --target *=none for all that are not listed");
        return [];
    }

    // Such a policy guards a page of Entra ID, never an application.
    private static void CheckUserActions(GraphObject applications)
    {
        foreach (var action in applications.Strings("includeUserActions").Where(action => !UserActions.Contains(action.Text)))
            action.Report($"unknown user action {DocumentNode.Quote(action.Text)}", () => DidYouMean.Among(UserActions, action.Text));
    }
}
