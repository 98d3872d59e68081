using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy explain</c>: how does the policy answer this request, and why?</summary>
internal sealed class ExplainVerb(InputFiles files, PolicyInput input, Streams streams, TimeProvider time)
{
    public async Task<int> RunAsync(string policyFile, string requestFile, bool json, CancellationToken cancellationToken)
    {
        var (open, exit) = await input.OpenAsync(policyFile, json, cancellationToken);
        if (open is null)
            return exit;

        var (requestText, whyNoRequest) = await files.ReadAsync(requestFile, cancellationToken);
        if (requestText is null)
            return streams.Complain([whyNoRequest]);
        if (PolicyCompiler.ReadRequest(requestText, time.GetUtcNow(), out var problems) is not { } request)
            return streams.Complain([$"`{requestFile}` is not a request:", .. problems.Select(problem => $"  {problem}")]);

        var explanation = open.Policy.Explain(request);
        if (json)
            streams.Write(ExplanationJson.Of(explanation));
        else
            ExplanationText.Write(streams, explanation);
        return ExitCodes.Fine;
    }
}
