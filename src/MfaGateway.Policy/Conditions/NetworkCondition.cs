using System.Collections.Immutable;
using System.Net;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>network</c>: the client's address is in one of the document's named networks.</summary>
internal sealed class NetworkFactory : IConditionFactory
{
    public string Name => "network";

    public ICondition Create(ConditionArguments arguments)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var name in arguments.Node.Strings())
        {
            if (arguments.Networks.TryGetValue(name.Text, out var ranges))
                networks.AddRange(ranges);
            else
                name.Report($"unknown network {DocumentNode.Quote(name.Text)}", () => DidYouMean.Among(arguments.Networks.Keys, name.Text));
        }

        return new SourceCondition(networks.ToImmutable());
    }
}
