namespace MfaGateway.Policy;

/// <summary>What one condition said about a request.</summary>
public sealed record ConditionExplanation
{
    /// <summary>The condition's name in the document, or <c>not</c>, <c>any</c>, <c>all</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it said.</summary>
    public required Match Says { get; init; }

    /// <summary>The values in the document, as JSON. Empty for <c>not</c>, <c>any</c>, <c>all</c>.</summary>
    public string Wanted { get; init; } = "";

    /// <summary>What the request showed. Empty for <c>not</c>, <c>any</c>, <c>all</c>.</summary>
    public string Found { get; init; } = "";

    /// <summary>The conditions inside <c>not</c>, <c>any</c>, <c>all</c>.</summary>
    public IReadOnlyList<ConditionExplanation> Conditions { get; init; } = [];
}
