using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Extensions;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>The authorization endpoint: OpenIddict has checked client, redirect address, scopes and PKCE before; here the user is looked at.</summary>
internal static class AuthorizationEndpoint
{
    private static readonly string[] ServerScheme = [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme];

    public static void MapAuthorization(this WebApplication app, DialectPaths paths) =>
        app.MapMethods(paths.Authorization, [HttpMethods.Get, HttpMethods.Post], AuthorizeAsync);

    private static async Task<IResult> AuthorizeAsync(
        HttpContext context, Dialect dialect, LabUsers users, Interactions interactions, ClaimsWriter claims, TimeProvider time)
    {
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict did not handle the request.");
        if (dialect.Refuse(request) is { } refusal) return Refuse(refusal.Error, refusal.Description);

        var session = SignOnSession.From((await context.AuthenticateAsync(SignOnSession.Scheme)).Principal);
        var user = users.Find(session?.Upn);
        var path = PathOf(dialect, request);
        var waiting = interactions.Find((string?)request[Interactions.Parameter]);
        var demand = waiting?.ReturnPath == path ? waiting.Demand : DemandOf(dialect, request, session, time.GetUtcNow());
        var step = demand.NextStep(session, user);
        if (step is SignInStep.Done && session is not null && user is not null)
        {
            if (waiting is not null) interactions.End(waiting);
            return Results.SignIn(claims.Write(request, user, session), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        }

        if (request.HasPromptValue(PromptValues.None))
        {
            return step is SignInStep.Password
                ? Refuse(Errors.LoginRequired, "Nobody is signed in, or not freshly enough.")
                : Refuse(Errors.InteractionRequired, "A second factor is needed.");
        }

        var interaction = interactions.Begin(path, demand, request.LoginHint ?? request.Username);
        return Results.Redirect($"/{dialect.Paths.SignIn}?id={interaction.Id}");
    }

    /// <summary>A fresh sign-in begins now: what was given before this request does not count.</summary>
    private static SignInDemand DemandOf(Dialect dialect, OpenIddictRequest request, SignOnSession? session, DateTimeOffset now)
    {
        var fresh = request.HasPromptValue(PromptValues.Login) || request.HasPromptValue(PromptValues.SelectAccount);
        if (dialect.KnowsMaxAge && request.MaxAge is { } seconds && session is not null)
            fresh |= session.PasswordAt <= now - TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue));
        return new SignInDemand(dialect.WantsFactor(request), fresh ? now : null);
    }

    /// <summary>The request as a GET, whatever way it came, without the parameter of the interaction.</summary>
    private static string PathOf(Dialect dialect, OpenIddictRequest request)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in request.GetParameters().Where(parameter => parameter.Key != Interactions.Parameter))
        {
            if ((string?)value is { } text) query.Add(name, text);
        }

        return $"/{dialect.Paths.Authorization}{query.ToQueryString()}";
    }

    private static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        ServerScheme);
}
