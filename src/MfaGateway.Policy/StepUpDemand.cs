namespace MfaGateway.Policy;

/// <summary>What to ask the identity provider for: everything that is missing, at once.</summary>
public sealed record StepUpDemand
{
    /// <summary>Nothing is missing that signing in could bring.</summary>
    public static StepUpDemand None { get; } = new();

    /// <summary>Multi-factor authentication.</summary>
    public bool Mfa { get; init; }

    /// <summary>The greatest age the proof of multi-factor authentication may have; <see langword="null"/> when any age will do.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Authentication methods (RFC 8176): of each inner list, any one.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Methods { get; init; } = [];

    /// <summary>Authentication contexts: of each inner list, any one.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Contexts { get; init; } = [];
}
