using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>Decides by a policy document, in this process: at once, and for an allowed request without allocating.</summary>
internal sealed class DocumentEngine(PolicySet policy) : IPolicyEngine
{
    public const string EngineName = "document";

    public string Name => EngineName;

    public ValueTask<EngineDecision> DecideAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        var decision = policy.Decide(request);
        return ValueTask.FromResult(new EngineDecision(decision)
        {
            Demand = decision.Kind is DecisionKind.StepUp ? policy.DemandsOf(request) : StepUpDemand.None,
        });
    }

    public ValueTask<bool> AnswersAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);
}
