using System.Security.Cryptography;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Lifecycle;
using MfaGateway.Limits;
using MfaGateway.Nodes;
using MfaGateway.Sessions;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Outcome;

/// <summary>Outermost: gives the request its feature and turns what went wrong into the defined answer. The one place that catches exceptions.</summary>
internal sealed class OutcomeMiddleware(RequestDelegate next, OutcomeWriter outcome, Drain drain, ILogger<OutcomeMiddleware> logger)
{
    private Func<object, Task>? _toEveryAnswer; // one for all requests

    public async Task InvokeAsync(HttpContext context)
    {
        var gateway = new GatewayFeature { Source = AddressGroup.Plain(context.Connection.RemoteIpAddress) };
        context.Features.Set(gateway);
        context.Response.OnStarting(_toEveryAnswer ??= AddToEveryAnswerAsync, context); // last, because a refusal and a second try at another server begin with no headers
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the caller has gone, or its session ended: nobody waits for an answer
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode == 413 ? Refusal.TooLarge : Refusal.Malformed, null); // a stranger's doing: counted in the audit trail, not told in the log
        }
        catch (AuditFailedException)
        {
            await outcome.WriteUnrecordedAsync(context, Refusal.AuditDown);
        }
        catch (SessionStoreException)
        {
            await AnswerAsync(context, Refusal.StoreDown, null); // the registry said so, once
        }
        catch (CryptographicException e) when (RedisConnection.IsAway(e))
        {
            await AnswerAsync(context, Refusal.StoreDown, null); // the key ring could not be read; the framework said so
        }
        catch (PolicyEngineException e)
        {
            await AnswerAsync(context, Refusal.EngineDown, e.Announced ? null : e);
        }
        catch (ProviderUnreachableException)
        {
            await AnswerAsync(context, Refusal.ProviderDown, null); // its metadata said so, once
        }
#pragma warning disable CA1031 // whatever it is, the caller gets a page with a reference and no stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            await AnswerAsync(context, Refusal.Broken, e);
        }
        finally
        {
            await gateway.EndAsync();
        }
    }

    private Task AddToEveryAnswerAsync(object request)
    {
        var context = (HttpContext)request;
        context.Response.Headers.StrictTransportSecurity = OutcomeWriter.StrictTransport;
        if (drain.HasBegun && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close"; // the next request finds another gateway
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext context, Refusal refusal, Exception? cause)
    {
        if (cause is not null) logger.Refused(refusal.Reason, GatewayFeature.Of(context).Reference, cause);
        try
        {
            await outcome.RefuseAsync(context, refusal);
        }
        catch (AuditFailedException)
        {
            await outcome.WriteUnrecordedAsync(context, Refusal.AuditDown);
        }
    }
}
