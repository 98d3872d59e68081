using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Server.AspNetCore;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Sign-out (OpenID Connect RP-Initiated Logout 1.0); opened without parameters it signs out here and tells the applications.</summary>
internal static class EndSessionEndpoint
{
    public static void MapEndSession(this WebApplication app, DialectPaths paths) =>
        app.MapMethods(paths.EndSession, [HttpMethods.Get, HttpMethods.Post], EndAsync);

    private static async Task<IResult> EndAsync(HttpContext context, LabIdentityProviderOptions options)
    {
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict did not handle the request.");
        var session = SignOnSession.From((await context.AuthenticateAsync(SignOnSession.Scheme)).Principal);
        await context.SignOutAsync(SignOnSession.Scheme);
        context.Response.Headers.CacheControl = "no-store";
        // An application that asks for the way back ended its own session before; only then is there nobody left to tell.
        if (request.PostLogoutRedirectUri is not null)
            return Results.SignOut(null, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        return SignInPages.SignedOut(session is null || options.Client.FrontChannelLogoutUri is not { } uri ? [] : [Notification(uri, options, session)]);
    }

    /// <summary>The call of OpenID Connect Front-Channel Logout 1.0 section 2, with issuer and session.</summary>
    private static Uri Notification(Uri logout, LabIdentityProviderOptions options, SignOnSession session) => new(QueryHelpers.AddQueryString(
        logout.AbsoluteUri,
        new Dictionary<string, string?>
        {
            ["iss"] = new Uri(options.Address, options.Dialect.Paths.Issuer).AbsoluteUri,
            ["sid"] = session.Id,
        }));
}
