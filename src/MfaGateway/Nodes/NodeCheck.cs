using MfaGateway.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.Nodes;

/// <summary>Asks whether a gateway and the others of its estate understand each other, before it joins them.</summary>
public static class NodeCheck
{
    /// <summary>What is wrong with this gateway beside the others.</summary>
    /// <param name="gateway">The services of a gateway; it need not be started.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The problem, or null when there is none, or when the gateway keeps its sessions to itself.</returns>
    /// <exception cref="NodesUnreachableException">Redis does not answer.</exception>
    public static async Task<ConfigurationProblem?> FindProblemAsync(IServiceProvider gateway, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        if (!NodeRules.SessionsAreInRedis(gateway.GetRequiredService<GatewaySettings>().Current)) return null;
        try
        {
            return await gateway.GetRequiredService<NodeAgreement>().FindProblemAsync(cancellationToken);
        }
        catch (Exception e) when (RedisConnection.IsAway(e))
        {
            throw new NodesUnreachableException($"Redis does not answer: {e.GetBaseException().Message}", e);
        }
    }
}
