using MfaGateway.Policy;

namespace MfaGateway.Access;

/// <summary>Decides about requests. Chosen by <c>Policy:Engine</c>; made anew when its settings change, so what it holds never changes.</summary>
/// <remarks>"No" is an answer. An engine that has no answer, for whatever reason, throws <see cref="PolicyEngineException"/>, and nothing is forwarded.</remarks>
internal interface IPolicyEngine
{
    /// <summary>The name in the configuration.</summary>
    string Name { get; }

    /// <summary>Answers a request.</summary>
    /// <exception cref="PolicyEngineException">There is no answer to be had.</exception>
    ValueTask<EngineDecision> DecideAsync(AccessRequest request, CancellationToken cancellationToken);

    /// <summary>Whether an answer could be had now. Never throws because of what the engine depends on.</summary>
    ValueTask<bool> AnswersAsync(CancellationToken cancellationToken);
}

/// <summary>A policy engine has no answer: what it depends on cannot be reached, is too slow, or speaks nonsense.</summary>
internal sealed class PolicyEngineException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The engine is not asked for a while and has said so in the log: the requests meanwhile need no line each. Default false.</summary>
    public bool Announced { get; init; }
}
