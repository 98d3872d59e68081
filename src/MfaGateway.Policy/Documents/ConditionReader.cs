using System.Collections.Immutable;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy.Documents;

/// <summary>Reads the <c>when</c> of a rule: named conditions side by side, with <c>not</c>, <c>any</c>, <c>all</c> nested.</summary>
internal sealed class ConditionReader(ConditionCatalog catalog, ConditionContext context)
{
    /// <summary>A block of conditions, all of which must hold.</summary>
    /// <param name="node">The object.</param>
    /// <param name="mayBeEmpty">Only the outermost block may be empty: a rule for every request.</param>
    public AllOf Read(DocumentNode node, bool mayBeEmpty = false)
    {
        var fields = node.Entries();
        if (fields.Count == 0 && !mayBeEmpty)
            node.Report("there is no condition in here", "Write at least one");
        return new AllOf([.. fields.Select(field => ReadOne(field.Key, field.Value)).OfType<ConditionNode>()]);
    }

    private ConditionNode? ReadOne(string name, DocumentNode node) => name switch
    {
        "not" => new Negation(Read(node)),
        "any" => new AnyOf(ReadBlocks(node)),
        "all" => new AllOf(ReadBlocks(node)),
        _ => catalog.Create(name, node, context),
    };

    private ImmutableArray<ConditionNode> ReadBlocks(DocumentNode node) => [.. node.Items().Select(item => Read(item))];
}
