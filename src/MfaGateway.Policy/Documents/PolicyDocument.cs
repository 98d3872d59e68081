using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;

namespace MfaGateway.Policy.Documents;

/// <summary>What the compiler made of a policy document: a policy, or every reason why not.</summary>
public sealed record PolicyDocument
{
    /// <summary>The policy, or <see langword="null"/> when there is any problem.</summary>
    public PolicySet? Policy { get; init; }

    /// <summary>Whether the whole document says <c>"state": "report-only"</c>: it may be tried beside the policy in force, never be that policy.</summary>
    public bool IsReportOnly { get; init; }

    /// <summary>The document's own examples with what came out of them. Empty when the document could not be read so far.</summary>
    public IReadOnlyList<ExampleResult> Examples { get; init; } = [];

    /// <summary>The policy even if examples fail, for tools that work on it; <see langword="null"/> when the document could not be read so far.</summary>
    internal PolicySet? Draft { get; init; }

    /// <summary>The networks of the document by name.</summary>
    internal IReadOnlyDictionary<string, ImmutableArray<IPNetwork>> Networks { get; init; } = FrozenDictionary<string, ImmutableArray<IPNetwork>>.Empty;

    /// <summary>Everything that is wrong, failing examples included.</summary>
    public IReadOnlyList<PolicyProblem> Problems { get; init; } = [];
}
