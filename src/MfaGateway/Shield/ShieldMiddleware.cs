using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Outcome;
using MfaGateway.Shield.KnownAttacks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MfaGateway.Shield;

/// <summary>Gives a request one meaning, or refuses it: end of the body, fields, host, verb, target, attack cookies, known attacks, body limit. Nothing behind it reads the raw target again.</summary>
internal sealed class ShieldMiddleware(
    RequestDelegate next, GatewaySettings settings, PublishedPathsProvider published, ShieldRuleProvider rules, OutcomeWriter outcome)
{
    /// <summary>Largest body of the gateway's own endpoints: a sign-in answer holds a code and a state.</summary>
    private const long OwnBodyLimit = 262_144;

    public Task InvokeAsync(HttpContext context)
    {
        var gateway = GatewayFeature.Of(context);
        var refusal = Read(context, gateway);
        if (refusal is not null) return outcome.RefuseAsync(context, refusal);
        return gateway.Attack is null ? next(context) : NoteAsync(context);
    }

    private async Task NoteAsync(HttpContext context)
    {
        await outcome.NoteAttackAsync(context);
        await next(context);
    }

    private Refusal? Read(HttpContext context, GatewayFeature gateway)
    {
        var request = context.Request;
        var parsed = CanonicalTarget.TryParse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var target);
        if (!Framing.IsUnambiguous(request)) return Refusal.AmbiguousFraming;
        if (!Framing.HasSoundFields(request.Headers)) return Refusal.Malformed;
        if (!IsOurHost(request.Headers.Host.ToString()) && !IsHealthProbe(target)) return Refusal.WrongHost;
        if (context.Features[typeof(ServerName.Misdirected)] is not null && !IsHealthProbe(target)) return Refusal.Misdirected;
        if (PublishedPaths.VerbOf(request.Method) is Verbs.None) return Refusal.MethodNotPublished;
        if (!parsed) return Refusal.Malformed;
        if (request.Headers.Upgrade.Count > 0) return Refusal.UpgradeRefused;
        if (AttackCookies.AreIn(request.Headers.Cookie)) return Refusal.AttackCookie;

        gateway.Target = target;
        request.Path = target!.Path; // what routing sees is what the policy sees
        if (IsOwn(target.Path))
        {
            Limit(context, OwnBodyLimit);
            return null;
        }

        gateway.Attack = rules.Current.Find(request, target);
        var match = published.Current.Find(target, request.Method);
        if (match.Publication is not { } publication) return match.PathKnown ? Refusal.MethodNotPublished : Refusal.NotPublished;
        if (gateway.Attack is { Mode: ShieldRuleMode.Block }) return Refusal.KnownAttack;
        if (request.ContentLength > publication.MaxBody) return Refusal.TooLarge;
        gateway.Publication = publication;
        Limit(context, publication.MaxBody);
        return null;
    }

    /// <summary>As it was sent: the framework's own reading translates names, and throws when it cannot.</summary>
    private bool IsOurHost(string sent)
    {
        if (sent.Equals(settings.Authority, StringComparison.Ordinal)) return true; // nearly always, and taking it apart costs
        var host = new HostString(sent);
        return host.Host.Equals(settings.Host, StringComparison.OrdinalIgnoreCase) && (host.Port ?? 443) == settings.Current.PublicOrigin!.Port;
    }

    /// <summary>A balancer probes a node by its address, not by the public name.</summary>
    private static bool IsHealthProbe(CanonicalTarget? target) => target is not null && target.Path.StartsWith("/.gateway/health/", StringComparison.Ordinal);

    private static bool IsOwn(string path) => path == "/" || path.StartsWith("/.gateway/", StringComparison.Ordinal);

    private static void Limit(HttpContext context, long bytes)
    {
        if (context.Features[typeof(IHttpMaxRequestBodySizeFeature)] is IHttpMaxRequestBodySizeFeature { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytes;
    }
}

/// <summary>The allow-list made from the settings in force.</summary>
internal sealed class PublishedPathsProvider
{
    private volatile PublishedPaths _current;

    public PublishedPathsProvider(GatewaySettings settings)
    {
        _current = new PublishedPaths(settings.Current);
        Microsoft.Extensions.Primitives.ChangeToken.OnChange(() => settings.Changed, () => _current = new PublishedPaths(settings.Current));
    }

    public PublishedPaths Current => _current;
}
