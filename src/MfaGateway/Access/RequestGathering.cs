using MfaGateway.Policy;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Access;

/// <summary>Puts the question to the policy together. What costs a look-up is looked up only for a policy that asks for it.</summary>
internal static class RequestGathering
{
    public static AccessRequest Gather(HttpContext context, GatewayFeature gateway, PoliciesInForce policies, DateTimeOffset now)
    {
        var facts = policies.Needs.Facts;
        return new AccessRequest
        {
            Subject = gateway.Session?.Subject ?? AccessSubject.Anonymous,
            Resource = gateway.Publication!.Resource,
            Path = gateway.Target!.Path,
            HttpMethod = context.Request.Method,
            Source = gateway.Source,
            Country = facts.HasFlag(RequestFacts.Country) ? policies.Countries?.CountryOf(gateway.Source) : null,
            Client = facts.HasFlag(RequestFacts.Client) ? ClientSoftware.Client(context.Request.Headers) : null,
            Platform = facts.HasFlag(RequestFacts.Platform) ? ClientSoftware.Platform(context.Request.Headers) : null,
            Now = now,
        };
    }
}
