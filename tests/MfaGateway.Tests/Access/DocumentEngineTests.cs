using MfaGateway.Access;
using MfaGateway.Policy;
using MfaGateway.Tests.Contracts;
using MfaGateway.Tests.Policy;

namespace MfaGateway.Tests.Access;

public sealed class DocumentEngineTests : PolicyEngineContract
{
    private protected override Task<IPolicyEngine> CreateAsync(PolicySet policy) => Task.FromResult<IPolicyEngine>(new DocumentEngine(policy));

    [Fact]
    public void An_allowed_request_is_decided_at_once_and_without_allocating()
    {
        var engine = new DocumentEngine(Policies.PermitWhen("\"group\": [\"Staff\"]"));
        var request = Policies.Request();
        var cancel = Cancel;
        var atOnce = engine.DecideAsync(request, cancel).IsCompletedSuccessfully ? 1 : 0;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++) atOnce += engine.DecideAsync(request, cancel).IsCompletedSuccessfully ? 1 : 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((1_001, 0), (atOnce, allocated));
    }

    [Fact]
    public void The_default_of_an_answer_denies_and_asks_for_nothing()
    {
        EngineDecision nothing = default;

        Assert.Equal(DecisionKind.Deny, nothing.Decision.Kind);
        Assert.Equal(StepUpDemand.None, nothing.Demand);
    }

    [Fact]
    public async Task Policies_without_document_and_without_engine_deny()
    {
        var inForce = new PoliciesInForce(Enforced: null, Trial: null, Countries: null, Fingerprint: null);

        var answer = await inForce.Engine.DecideAsync(Policies.Request(), Cancel);

        Assert.Equal(DecisionKind.Deny, answer.Decision.Kind);
        Assert.Equal(RequestFacts.Country | RequestFacts.Client | RequestFacts.Platform, inForce.Needs.Facts);
    }
}
