using System.Globalization;
using System.Text.Json;
using MfaGateway.Access;
using MfaGateway.Audit;
using MfaGateway.Pages;
using MfaGateway.Policy;
using MfaGateway.Shield;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Outcome;

/// <summary>Writes every answer that is not Exchange's: first the audit line, then a page for a person or a problem document (RFC 9457) for a script.</summary>
internal sealed class OutcomeWriter(AuditTrail audit, RefusalTrail refusals, PageWriter pages, TimeProvider time)
{
    /// <summary>RFC 6797; a year.</summary>
    internal const string StrictTransport = "max-age=31536000";

    /// <summary>Refuses a request.</summary>
    public async Task RefuseAsync(HttpContext context, Refusal refusal, PolicyDecision? decision = null)
    {
        await RecordAsync(context, refusal, decision);
        await WriteAsync(context, refusal);
    }

    /// <summary>Records a request that a rule of the shield matched without refusing it.</summary>
    public Task NoteAttackAsync(HttpContext context) =>
        refusals.RecordAsync(context, new RefusalKind(AuditActions.AttackRefused, Refusal.KnownAttack.Reason, GatewayFeature.Of(context).Attack!.Id, Refused: false));

    /// <summary>Refuses a request whose refusal cannot be recorded, because recording is what failed.</summary>
    public Task WriteUnrecordedAsync(HttpContext context, Refusal refusal) => WriteAsync(context, refusal);

    /// <summary>Tells a script that its session is over, in OWA's own language: it then reloads the page, which is a navigation.</summary>
    public static void SessionEnded(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = 0;
    }

    private Task RecordAsync(HttpContext context, Refusal refusal, PolicyDecision? decision)
    {
        if (refusal.IsJunk) return refusals.RecordAsync(context, new RefusalKind(refusal.Action, refusal.Reason, GatewayFeature.Of(context).Attack?.Id, Refused: true));
        var line = AuditEvent.Of(context, refusal.Action, success: false, refusal.Reason, time.GetUtcNow());
        return audit.RecordAsync(decision is null ? line : DecisionLine.Complete(line, context), CancellationToken.None); // a caller who hangs up does not escape the record
    }

    private async Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var gateway = GatewayFeature.Of(context);
        gateway.IsRefused = true;
        if (context.Response.HasStarted)
        {
            context.Abort(); // half an answer is on its way; the only honest end is a broken one
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = refusal.Status;
        context.Response.Headers.CacheControl = "no-store";
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (!Framing.MayGoOn(context.Request, refusal.Status)) context.Response.Headers.Connection = "close"; // whatever follows may be part of it
        if (refusal.Status == 405) context.Response.Headers.Allow = "GET, HEAD, POST";
        if (RequestShape.IsNavigation(context)) await pages.RefusalAsync(context, refusal, PageWanted(context, gateway));
        else await ProblemAsync(context, refusal, gateway.Reference);
    }

    /// <summary>The page the person wanted. A sign-in that failed on its way back no longer knows it: then the mail.</summary>
    private static string PageWanted(HttpContext context, GatewayFeature gateway)
    {
        if (gateway.Target is not { } target) return ReturnTarget.Default;
        return gateway.Publication is not null ? ReturnTarget.From(target.Encoded + target.Query)
            : target.Path == "/.gateway/signin" ? ReturnTarget.From(context.Request.Query["return"], context.Request.Query["fragment"])
            : ReturnTarget.Default;
    }

    private static async Task ProblemAsync(HttpContext context, Refusal refusal, string reference)
    {
        context.Response.ContentType = "application/problem+json";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Problem(refusal.Status, refusal.Reason, reference), ProblemJson.Default.Problem);
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, CancellationToken.None);
    }
}

/// <summary>A problem document (RFC 9457). <c>reference</c> finds the audit line.</summary>
internal sealed record Problem(int Status, string Title, string Reference);

[System.Text.Json.Serialization.JsonSerializable(typeof(Problem))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ProblemJson : System.Text.Json.Serialization.JsonSerializerContext;
