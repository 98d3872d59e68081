using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Outcome;
using MfaGateway.Policy;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.SignIn;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Access;

/// <summary>Asks the policy engine about every request for a published application, records the answer, then acts on it. Only an allowed request goes on.</summary>
internal sealed class AccessMiddleware(
    RequestDelegate next, PolicyProvider policies, SessionRegistry sessions, SignInStarter signIn, SignOut signOut, OutcomeWriter outcome, AuditTrail audit,
    GatewaySettings settings, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        return gateway.Publication is { } publication ? EnforceAsync(context, gateway, publication) : next(context);
    }

    private Task EnforceAsync(HttpContext context, GatewayFeature gateway, Publication publication)
    {
        if (publication.SignOut) return signOut.HandleAsync(context);
        if (IsForeignPost(context.Request, gateway.Target!)) return outcome.RefuseAsync(context, Refusal.CrossSite);
        if (gateway.Session is null && !publication.Anonymous) return AskToSignInAsync(context, gateway, publication);
        return DecideAndForwardAsync(context, gateway);
    }

    /// <summary>The answer is nearly always there at once, and then no state machine of this stage lives while Exchange answers.</summary>
    private Task DecideAndForwardAsync(HttpContext context, GatewayFeature gateway)
    {
        var allowed = IsAllowedAsync(context, gateway);
        return allowed.IsCompletedSuccessfully ? ForwardAsync(context, gateway, allowed.Result) : WaitAsync(context, gateway, allowed);
    }

    private async Task WaitAsync(HttpContext context, GatewayFeature gateway, ValueTask<bool> allowed) => await ForwardAsync(context, gateway, await allowed);

    /// <summary>A running request, a hanging notification above all, ends with its session.</summary>
    private Task ForwardAsync(HttpContext context, GatewayFeature gateway, bool allowed)
    {
        if (!allowed) return Task.CompletedTask;
        if (gateway.Session is { } session) gateway.Ending = session.Ended.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        return next(context);
    }

    /// <summary>Whether the request goes on; otherwise it has been answered. Ends before the request does, so that for minutes of waiting only little is kept.</summary>
    private async ValueTask<bool> IsAllowedAsync(HttpContext context, GatewayFeature gateway)
    {
        var session = gateway.Session;
        if (session is not null && !RequestShape.IsBackgroundPoll(gateway.Target!)) await sessions.TouchAsync(session, context.RequestAborted);
        var inForce = gateway.Policies = policies.Current;
        var request = gateway.Request = RequestGathering.Gather(context, gateway, inForce, time.GetUtcNow());
        var answer = await inForce.Engine.DecideAsync(request, context.RequestAborted);
        gateway.Rules = answer.Rules;
        var decision = gateway.Decision = answer.Decision;
        switch (decision.Kind)
        {
            case DecisionKind.Allow:
                await RecordAsync(context, gateway, inForce, request);
                if (session?.Facts.Asked is not null) await sessions.SatisfiedAsync(session, context.RequestAborted);
                return true;
            case DecisionKind.StepUp:
                await StepUpAsync(context, gateway, inForce, answer.Demand);
                return false;
            default:
                await outcome.RefuseAsync(context, Refusal.Denied(decision.Reason), decision);
                return false;
        }
    }

    /// <summary>At most one step-up for a page: what was asked for already and did not come is a refusal, never a loop.</summary>
    private async Task StepUpAsync(HttpContext context, GatewayFeature gateway, PoliciesInForce inForce, StepUpDemand demand)
    {
        var ask = SignInAsk.For(demand);
        if (gateway.Session is not { } session)
        {
            await AskToSignInAsync(context, gateway, gateway.Publication!);
        }
        else if (WasAskedInVain(session.Facts, ask))
        {
            await outcome.RefuseAsync(context, Refusal.FactorMissing, gateway.Decision);
        }
        else
        {
            await RecordAsync(context, gateway, inForce, gateway.Request!);
            if (RequestShape.IsNavigation(context)) await signIn.StepUpAsync(context, session, ask);
            else OutcomeWriter.SessionEnded(context, StatusFor(gateway.Publication!)); // OWA then reloads, which is a navigation
        }
    }

    /// <summary>The last sign-in asked for all of this; or for a second factor, and came back without any, so that asking for a fresh one is pointless.</summary>
    private static bool WasAskedInVain(GatewaySession facts, SignInAsk ask) =>
        facts.Asked is { } asked && (asked.Covers(ask) || (asked.Mfa && ask.Mfa && !facts.Mfa));

    private Task AskToSignInAsync(HttpContext context, GatewayFeature gateway, Publication publication)
    {
        if (RequestShape.IsNavigation(context)) return signIn.StartAsync(context);
        OutcomeWriter.SessionEnded(context, StatusFor(publication));
        return Task.CompletedTask;
    }

    private int StatusFor(Publication publication) => publication.Cluster == "ecp" ? settings.Current.Exchange.EcpSessionEndStatus : 440;

    /// <summary>One line when an answer for this application, also one without effect, differs from the last one this session got; each refusal has its own
    /// line elsewhere.</summary>
    private async Task RecordAsync(HttpContext context, GatewayFeature gateway, PoliciesInForce inForce, AccessRequest request)
    {
        var decision = gateway.Decision;
        var answers = inForce.Answer(request, decision);
        var last = gateway.Session?.LastAnswers;
        var changed = last is null || !last.TryGetValue(request.Resource, out var before) || before != answers;
        if (!changed && !settings.Current.Audit.EveryRequest && !audit.IsFailing) return;

        var line = AuditEvent.Of(context, AuditActions.Decision, decision.Kind is DecisionKind.Allow, decision.Reason, request.Now);
        await audit.RecordAsync(DecisionLine.Complete(line, context), context.RequestAborted);
        last?[request.Resource] = answers; // after the line is safe: a line that failed is tried again with the next request
    }

    /// <summary>
    /// A post from another site. It may only be Exchange's own sign-on answer: from a configured origin, to the root of an application.
    /// </summary>
    private bool IsForeignPost(HttpRequest request, CanonicalTarget target)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return false;
        if (!RequestShape.IsFromElsewhere(request, settings.Origin)) return false;
        var origin = request.Headers.Origin.ToString();
        return !(target.Path.TrimEnd('/') is "/owa" or "/ecp" && settings.Current.Exchange.SignOn.PostOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase));
    }
}
