using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary>What a policy document says beside a condition's name.</summary>
public sealed class ConditionArguments
{
    private readonly DocumentNode _node;

    internal ConditionArguments(DocumentNode node, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> networks)
    {
        _node = node;
        Networks = networks;
    }

    /// <summary>The JSON value.</summary>
    public JsonElement Json => _node.Json;

    /// <summary>The networks of the document by name, compared without regard to case.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> Networks { get; }

    internal DocumentNode Node => _node;

    /// <summary>The value as a list of one or more non-empty strings; reports whatever else it is.</summary>
    public ImmutableArray<string> Strings() => [.. _node.Strings().Select(value => value.Text)];

    /// <summary>Reports that the arguments are wrong; the document is then refused.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="remedy">What to write instead.</param>
    public void Report(string message, string remedy) => _node.Report(message, remedy);
}
