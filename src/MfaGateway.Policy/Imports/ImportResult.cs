using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports;

/// <summary>What became of a policy written for another product: a document that answers every request as the original does, or every
/// reason why there is none.</summary>
internal sealed record ImportResult
{
    /// <summary>The policy document, or <see langword="null"/> when anything could not be expressed exactly.</summary>
    public string? Document { get; init; }

    /// <summary>Everything that could not be read or expressed, each with its place in the input.</summary>
    public IReadOnlyList<PolicyProblem> Problems { get; init; } = [];

    /// <summary>What a person must know before putting the document in force: what was left out because it never applies here, and what
    /// the document takes for granted.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
