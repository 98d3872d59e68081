using System.Text.Json;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>A file of Microsoft Graph: one object, a list of them, or the answer of a list request.</summary>
internal sealed class GraphFile
{
    private readonly DocumentText _text;

    private GraphFile(DocumentText text, DocumentNode root) => (_text, Items) = (text, ItemsOf(root));

    public IReadOnlyList<DocumentNode> Items { get; }

    /// <summary>Reads a file; null when it is not JSON that can be read.</summary>
    public static GraphFile? Read(string json, List<PolicyProblem> problems)
    {
        if (DocumentText.Read(json, problems) is not { } text)
            return null;
        using var document = text.Json;
        return new GraphFile(text, new DocumentNode(document.RootElement.Clone(), "$", problems));
    }

    /// <summary>The problems with their lines in this file.</summary>
    public IReadOnlyList<PolicyProblem> Locate(IReadOnlyList<PolicyProblem> problems) => _text.Locate(problems);

    private static IReadOnlyList<DocumentNode> ItemsOf(DocumentNode node)
    {
        if (node.Json.ValueKind is JsonValueKind.Array)
            return node.Items();
        if (node.Json.ValueKind is not JsonValueKind.Object || !node.Json.TryGetProperty("value", out _))
            return [node];

        // A collection in pages: what is on the next page would be missing, and with it a restriction.
        if (node.Json.TryGetProperty("@odata.nextLink", out _))
            node.Report("the file holds only one page of the collection", "Export all pages into one list");
        if (new GraphObject(node, ["value"])["value"] is { } value)
            return value.Items();
        node.Report("the collection is empty", "Export the policies again");
        return [];
    }
}
