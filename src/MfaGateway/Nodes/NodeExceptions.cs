using System.Diagnostics.CodeAnalysis;
using MfaGateway.Configuration;

namespace MfaGateway.Nodes;

/// <summary>This gateway and the others of its estate do not understand each other.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "it always has a problem")]
public sealed class NodeDisagreementException : Exception
{
    internal NodeDisagreementException(ConfigurationProblem problem) : base($"{problem.Message} {problem.Remedy}") => Problem = problem;

    /// <summary>What is wrong, and the remedy.</summary>
    public ConfigurationProblem Problem { get; }
}

/// <summary>What the gateways share cannot be reached.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "it always has a cause")]
public sealed class NodesUnreachableException : Exception
{
    internal NodesUnreachableException(string message, Exception cause) : base(message, cause)
    {
    }
}
