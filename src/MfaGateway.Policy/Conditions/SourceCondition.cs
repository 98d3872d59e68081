using System.Collections.Immutable;
using System.Net;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>source</c>: the client's address is in one of these networks, in CIDR notation.</summary>
internal sealed class SourceFactory : IConditionFactory
{
    public string Name => "source";

    public ICondition Create(ConditionArguments arguments) => new SourceCondition(Cidr.ReadAll(arguments.Node));
}

/// <summary>Whether the client's address is in a network. Without an address there is no answer.</summary>
internal sealed class SourceCondition(ImmutableArray<IPNetwork> networks) : ICondition
{
    public Match Evaluate(AccessRequest request)
    {
        if (request.Source is not { } source)
            return Match.Error;
        foreach (var network in networks)
        {
            if (network.Contains(source))
                return Match.Yes;
        }

        return Match.No;
    }

    public string Describe(AccessRequest request) => request.Source?.ToString() ?? "address unknown";
}
