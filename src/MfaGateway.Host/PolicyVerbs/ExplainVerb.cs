using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy explain</c>: how does the policy answer this request, and why?</summary>
internal sealed class ExplainVerb(InputFiles files, Streams streams, IReadOnlyList<IConditionFactory> conditions, TimeProvider time)
{
    public async Task<int> RunAsync(string policyFile, string requestFile, bool json, CancellationToken cancellationToken)
    {
        var (policyText, whyNoPolicy) = await files.ReadAsync(policyFile, cancellationToken);
        if (policyText is null)
            return streams.Complain([whyNoPolicy]);

        var document = PolicyCompiler.Compile(policyText, conditions);
        if (document.Policy is not { } policy)
            return streams.Invalid(policyFile, document.Problems, json);

        var (requestText, whyNoRequest) = await files.ReadAsync(requestFile, cancellationToken);
        if (requestText is null)
            return streams.Complain([whyNoRequest]);
        if (PolicyCompiler.ReadRequest(requestText, time.GetUtcNow(), out var problems) is not { } request)
            return streams.Complain([$"`{requestFile}` is not a request:", .. problems.Select(problem => $"  {problem}")]);

        var explanation = policy.Explain(request);
        if (json)
            streams.Write(ExplanationJson.Of(explanation));
        else
            ExplanationText.Write(streams, explanation);
        return ExitCodes.Fine;
    }
}
