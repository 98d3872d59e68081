using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>What an engine answered. The default denies.</summary>
/// <param name="Decision">The answer.</param>
internal readonly record struct EngineDecision(PolicyDecision Decision)
{
    private readonly StepUpDemand? _demand;

    /// <summary>With a step-up: what to ask the identity provider for.</summary>
    public StepUpDemand Demand { get => _demand ?? StepUpDemand.None; init => _demand = value; }

    /// <summary>The rules that decided, when they are more than the one of the decision.</summary>
    public IReadOnlyList<string>? Rules { get; init; }
}
