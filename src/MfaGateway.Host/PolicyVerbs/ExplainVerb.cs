using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy explain</c>: how does the policy answer this request, and why?</summary>
internal sealed class ExplainVerb(InputFiles files, Streams streams, TimeProvider time)
{
    public async Task<int> RunAsync(string policyFile, string requestFile, bool json, CancellationToken cancellationToken)
    {
        var (policyText, whyNoPolicy) = await files.ReadAsync(policyFile, cancellationToken);
        if (policyText is null)
            return Complain(whyNoPolicy);

        var document = PolicyCompiler.Compile(policyText);
        if (document.Policy is not { } policy)
        {
            if (json)
                streams.Write(new JsonObject { ["valid"] = false, ["problems"] = Streams.ProblemsJson(document.Problems) });
            else
                streams.Problems(policyFile, document.Problems);
            return ExitCodes.No;
        }

        var (requestText, whyNoRequest) = await files.ReadAsync(requestFile, cancellationToken);
        if (requestText is null)
            return Complain(whyNoRequest);
        if (PolicyCompiler.ReadRequest(requestText, time.GetUtcNow(), out var problems) is not { } request)
            return Complain([$"`{requestFile}` is not a request:", .. problems.Select(problem => $"  {problem}")]);

        var explanation = policy.Explain(request);
        if (json)
            streams.Write(ExplanationJson.Of(explanation));
        else
            ExplanationText.Write(streams, explanation);
        return ExitCodes.Fine;
    }

    private int Complain(params IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences)
            streams.Complain(sentence);
        return ExitCodes.Usage;
    }
}
