using System.Diagnostics.CodeAnalysis;
using System.Net;
using MfaGateway.Configuration;
using Microsoft.Extensions.Logging;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>
/// Sends a request as a user. A token made for the connection goes with the request itself, never after a 401, because Exchange does not read a body twice. The
/// server's token must prove in turn that the server is the one the ticket was for; without that nothing of its answer goes further.
/// </summary>
internal sealed class TicketSender(IDelegatedTickets tickets, GatewaySettings settings, ILogger<TicketSender> logger)
{
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the answer's body lets go of the lease")]
    public async Task<HttpResponseMessage> SendAsync(string user, ConnectionPool pool, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var lease = await pool.To(request.RequestUri!).RentAsync(cancellationToken);
        try
        {
            return await ConverseAsync(user, lease, request, cancellationToken);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>It ends: only a connection that was kept is taken for a stale one, and only the first refusal is answered with a new ticket.</summary>
    private async Task<HttpResponseMessage> ConverseAsync(string user, Lease lease, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var refused = false;
        while (true)
        {
            var ticket = NeedsToken(lease.Connection) ? await TicketAsync(user, lease, refused, cancellationToken) : null;
            if (ticket is TicketResult.Refused { Failure: var failure })
            {
                lease.GiveBack();
                return new RefusedAnswer(failure.ToRefusal());
            }

            using var context = (ticket as TicketResult.Granted)?.Context;
            request.Headers.Authorization = context is null ? null : Negotiate.Credentials(context.Token.Span);
            HttpResponseMessage answer;
            try
            {
                answer = await lease.Connection.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException) when (lease.Connection.Kept && (lease.Connection.NothingWasSent || IsRead(request)))
            {
                await lease.ReconnectAsync(cancellationToken); // the server closed it while it was idle; the new one gets a token of its own
                continue;
            }

            if (answer.StatusCode is not HttpStatusCode.Unauthorized) return Proven(user, lease, context, answer);
            using (answer)
            {
                if (refused || !HasNoBody(request)) return Refused(user, lease, context, answer);
            }

            refused = context is not null; // without a token it was the connection that had forgotten its user
            await lease.ReconnectAsync(cancellationToken);
        }
    }

    private bool NeedsToken(SessionConnection connection) => settings.Current.Exchange.SignOn.Kerberos.Authentication switch
    {
        "PerRequest" => true,
        "PerConnection" => !connection.SignedOn,
        _ => !connection.Persistent,
    };

    private async ValueTask<TicketResult> TicketAsync(string user, Lease lease, bool refused, CancellationToken cancellationToken)
    {
        if (lease.Connection.Binding is { } binding)
        {
            var renew = lease.Server.Refusals.TakeRenewal(refused);
            return await tickets.InitiateAsync(user, settings.Current.Exchange.SignOn.ServicePrincipalName!, binding, renew, cancellationToken);
        }

        SignOnFailure.BindingRefused.Report(
            logger, user, $"The certificate of {lease.Server.Authority} is signed with {lease.Connection.SignatureAlgorithm}, which has no channel binding (RFC 5929, 4.1)");
        return new TicketResult.Refused(SignOnFailure.BindingRefused);
    }

    /// <summary>The answer, if the server has proven itself; to a request without token it did so before, on this connection.</summary>
    private HttpResponseMessage Proven(string user, Lease lease, ITicketContext? context, HttpResponseMessage answer)
    {
        if (context is not null && !(Negotiate.Answer(answer) is { } token && context.Completes(token)))
        {
            SignOnFailure.MutualAuthenticationFailed.Report(
                logger, user, $"{lease.Server.Authority} answered {(int)answer.StatusCode} without proof that it could read the ticket");
            answer.Dispose();
            lease.Dispose();
            return new RefusedAnswer(SignOnFailure.MutualAuthenticationFailed.ToRefusal());
        }

        lease.Connection.SignedOn = true;
        lease.Connection.Persistent = Negotiate.Persists(answer) ?? lease.Connection.Persistent;
        answer.Content = new LeasedContent(answer.Content, lease);
        return answer;
    }

    private RefusedAnswer Refused(string user, Lease lease, ITicketContext? context, HttpResponseMessage answer)
    {
        SignOnFailure.ServerRefused.Report(logger, user, $"{lease.Server.Authority} answered 401 and offers {Negotiate.Offers(answer)}");
        if (context is not null) lease.Server.Refusals.Note();
        lease.Dispose();
        return new RefusedAnswer(SignOnFailure.ServerRefused.ToRefusal());
    }

    private static bool IsRead(HttpRequestMessage request) => request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;

    /// <summary>A request that was refused was not carried out; without a body, all of it is still here.</summary>
    private static bool HasNoBody(HttpRequestMessage request) => request.Content is not { Headers.ContentLength: not 0 };
}
