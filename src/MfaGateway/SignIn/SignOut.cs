using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Pages;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace MfaGateway.SignIn;

/// <summary>Ends everything at once: the session and its running requests, the cookies of the gateway and of Exchange, and the provider's session.</summary>
internal sealed class SignOut(
    SessionRegistry sessions, SessionCookie cookie, ProviderCatalog providers, BackChannel backChannel, GatewaySettings settings, AuditTrail audit, PageWriter pages)
{
    public const string SignedOutPath = "/.gateway/signedout";

    /// <summary>Cookies that Exchange leaves behind, with the paths it sets them for (docs/security.md).</summary>
    private static readonly (string Name, string[] Paths)[] _exchangeCookies =
    [
        .. CookieOwner.Known, (CookieOwner.Name, ["/"]), ("X-OWA-CANARY", ["/", "/owa"]), ("UC", ["/", "/owa"]), ("AppcacheVer", ["/owa"]),
        (MailboxRoute.Name, ["/", "/owa", "/ecp"]), ("msExchEcpCanary", ["/", "/ecp"]),
    ];

    /// <summary>Signs out, or asks first when another site sent the browser here: an image on a foreign page must not close somebody's mail.</summary>
    public Task HandleAsync(HttpContext context) =>
        RequestShape.IsFromElsewhere(context.Request, settings.Origin) ? pages.ConfirmSignOutAsync(context) : SignOutAsync(context);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/.gateway/signout", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post], (HttpContext context, SignOut signOut) => signOut.HandleAsync(context));
        endpoints.MapMethods(SignedOutPath, [HttpMethods.Get, HttpMethods.Head], (HttpContext context, PageWriter pages) =>
        {
            context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\""; // what OWA keeps for offline use
            return pages.SignedOutAsync(context);
        });
    }

    private async Task SignOutAsync(HttpContext context)
    {
        var session = GatewayFeature.Of(context).Session;
        if (session is not null)
        {
            // whoever clicks and closes the window is signed out all the same
            await sessions.EndAsync(session.Key, CancellationToken.None);
            await EndSiblingsAsync(session.Facts);
            await audit.RecordAsync(context, AuditActions.SignOut, success: true, "signed-out", CancellationToken.None);
        }

        ExpireCookies(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect(await ProviderSignOutAsync(session, context.RequestAborted) ?? SignedOutPath);
    }

    /// <summary>Tabs that signed in at the same moment made a session each, and the browser knows the handle of one only. The provider's session is theirs all, and it ends here.</summary>
    private Task EndSiblingsAsync(GatewaySession facts) => facts.ProviderSession is { } sid
        ? sessions.EndByProviderAsync(facts.Provider, sid, facts.Subject, CancellationToken.None)
        : Task.CompletedTask;

    private void ExpireCookies(HttpResponse response)
    {
        cookie.Expire(response);
        foreach (var (name, paths) in _exchangeCookies)
        {
            foreach (var path in paths) response.Cookies.Delete(name, new CookieOptions { Path = path, Secure = true });
        }
    }

    /// <summary>OpenID Connect RP-Initiated Logout 1.0; null when the provider offers none or does not answer, which must not keep anybody signed in.</summary>
    private async Task<string?> ProviderSignOutAsync(LiveSession? session, CancellationToken cancellationToken)
    {
        if (session is null || providers.Find(session.Facts.Provider) is not { } provider) return null;
        try
        {
            var configuration = await backChannel.MetadataOf(provider).GetConfigurationAsync(cancellationToken);
            if (string.IsNullOrEmpty(configuration.EndSessionEndpoint)) return null;
            return new OpenIdConnectMessage
            {
                IssuerAddress = configuration.EndSessionEndpoint,
                IdTokenHint = session.Facts.IdTokenHint,
                ClientId = provider.Options.ClientId,
                PostLogoutRedirectUri = settings.Origin + SignedOutPath,
            }.CreateLogoutRequestUrl();
        }
        catch (ProviderUnreachableException)
        {
            return null;
        }
    }
}
