using MfaGateway.Outcome;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Limits;

/// <summary>Answers what is too much: 429 (RFC 6585, 4), one line a minute in the audit trail for each sender and reason, so that a flood is not repeated there.</summary>
internal sealed class LimitAnswer(RequestLimits limits, OutcomeWriter outcome)
{
    public Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        var gateway = GatewayFeature.Of(context);
        var whom = gateway.Session?.Key.Value ?? AddressGroup.Of(gateway.Source);
        return limits.IsWorthALine(refusal.Reason, whom) ? outcome.RefuseAsync(context, refusal) : outcome.WriteUnrecordedAsync(context, refusal);
    }
}
