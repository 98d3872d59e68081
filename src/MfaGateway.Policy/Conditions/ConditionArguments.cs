using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary>What a policy document says beside a condition's name.</summary>
public sealed class ConditionArguments
{
    private readonly DocumentNode _node;

    private readonly ConditionContext _context;

    internal ConditionArguments(DocumentNode node, ConditionContext context) => (_node, _context) = (node, context);

    /// <summary>The JSON value.</summary>
    public JsonElement Json => _node.Json;

    /// <summary>The networks of the document by name, compared without regard to case.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> Networks => _context.Networks;

    /// <summary>Says that the condition reads these facts of the request; otherwise they may not have been looked up.</summary>
    /// <param name="facts">The facts.</param>
    public void Needs(RequestFacts facts) => _context.Facts |= facts;

    /// <summary>Says that the condition looks for this group; only groups that were named are recorded with a decision.</summary>
    /// <param name="group">The group.</param>
    public void NeedsGroup(string group) => _context.Groups.Add(group);

    /// <summary>Says that the condition reads this claim; only claims that were named are recorded with a decision.</summary>
    /// <param name="type">The claim's type.</param>
    public void NeedsClaim(string type) => _context.ClaimTypes.Add(type);

    internal DocumentNode Node => _node;

    /// <summary>The value as a list of one or more non-empty strings; reports whatever else it is.</summary>
    public ImmutableArray<string> Strings() => [.. _node.Strings().Select(value => value.Text)];

    /// <summary>Reports that the arguments are wrong; the document is then refused.</summary>
    /// <param name="message">What was found and what is allowed.</param>
    /// <param name="remedy">What to write instead.</param>
    public void Report(string message, string remedy) => _node.Report(message, remedy);
}
