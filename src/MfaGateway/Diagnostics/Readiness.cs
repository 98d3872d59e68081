using System.Net.Sockets;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Lifecycle;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Diagnostics;

/// <summary>Whether a balancer in front should send work here: the node is not stopping, its session store and its policy engine answer, and what must
/// be recorded can be. Exchange being down is no reason to send people to another node, which would show the same page.</summary>
internal sealed class Readiness(SessionRegistry sessions, PolicyProvider policies, AuditTrail audit, Drain drain)
{
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        !drain.HasBegun && CanOpen()
        && await sessions.AnswersAsync(cancellationToken) && await policies.Current.Engine.AnswersAsync(cancellationToken)
        && await audit.AnswersAsync(cancellationToken);

    /// <summary>Without a descriptor for one more connection no server of Exchange can be reached, and a balancer that asks over an old connection would not notice.</summary>
    private static bool CanOpen()
    {
        try
        {
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = 0;
        context.Response.StatusCode = await IsReadyAsync(context.RequestAborted) ? 200 : 503;
    }
}
