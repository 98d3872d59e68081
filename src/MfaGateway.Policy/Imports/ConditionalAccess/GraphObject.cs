using System.Text.Json;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>An object of Microsoft Graph. Unset is written there as null, as an empty list, or not at all; a key that is set and not known
/// is reported, because it may be a condition.</summary>
internal sealed class GraphObject
{
    private readonly Dictionary<string, DocumentNode> _fields;

    /// <param name="node">The object.</param>
    /// <param name="known">The keys that are read.</param>
    /// <param name="unsupported">Keys that stand for something that cannot be judged here. They may be unset.</param>
    public GraphObject(DocumentNode node, IReadOnlyCollection<string> known, params string[] unsupported)
    {
        Node = node;
        _fields = node.Entries().Where(field => !IsUnset(field.Value) && !IsAnnotation(field.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in _fields)
        {
            if (unsupported.Contains(key))
                value.Report($"`{key}` cannot be judged at the gateway", "Import the policies without it, and leave it to Entra ID");
            else if (!known.Contains(key))
                value.Report($"unknown element {DocumentNode.Quote(key)}", () => DidYouMean.Among(known, key));
        }
    }

    public DocumentNode Node { get; }

    /// <summary>The value, when it is set.</summary>
    public DocumentNode? this[string key] => _fields.TryGetValue(key, out var node) ? node : null;

    /// <summary>A list of strings, empty when it is not set.</summary>
    public IReadOnlyList<DocumentNode> Strings(string key) => this[key] is { } list ? list.Strings() : [];

    /// <summary>A string, null when it is not set.</summary>
    public DocumentNode? Text(string key) => this[key] is { } text && text.IsText() ? text : null;

    /// <summary>Whether the value is true; false when it is not set.</summary>
    public bool IsTrue(string key) => this[key]?.Boolean() is true;

    // OData annotations: `@odata.type`, `authenticationStrength@odata.context`.
    private static bool IsAnnotation(string key) => key.Contains("@odata.", StringComparison.Ordinal);

    private static bool IsUnset(DocumentNode node) =>
        node.Json.ValueKind is JsonValueKind.Null || (node.Json.ValueKind is JsonValueKind.Array && node.Json.GetArrayLength() == 0);
}
