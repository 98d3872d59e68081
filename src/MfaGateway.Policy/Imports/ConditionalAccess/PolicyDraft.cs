using System.Text.Json.Nodes;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>One policy while it is translated.</summary>
internal sealed class PolicyDraft
{
    public WhenBuilder When { get; } = new();

    /// <summary>Why the policy never has an effect here; null when it can have one.</summary>
    public string? Idle { get; set; }

    public bool Blocks { get; set; }

    /// <summary>What a person must know about the rule.</summary>
    public List<string> Notes { get; } = [];

    public JsonObject Demand { get; } = [];

    /// <summary>Whether MFA is demanded of everybody the policy applies to, not only of those who lack something else.</summary>
    public bool AlwaysMfa { get; set; }
}
