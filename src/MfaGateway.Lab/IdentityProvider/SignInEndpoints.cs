using Microsoft.AspNetCore.Authentication;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>The sign-in pages. Which one is shown follows from the session and from what the waiting request demands.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this WebApplication app, DialectPaths paths)
    {
        app.MapGet(paths.SignIn, ShowAsync);
        app.MapPost(paths.SignIn, SubmitAsync);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, string? id, Interactions interactions, LabUsers users)
    {
        NeverKeep(context);
        if (interactions.Find(id) is not { } interaction) return SignInPages.Expired();
        return Next(interaction, await SessionAsync(context), users, null);
    }

    /// <summary>Needs no antiforgery token: the unguessable id in the address is one.</summary>
    private static async Task<IResult> SubmitAsync(HttpContext context, string? id, SignInDesk desk)
    {
        NeverKeep(context);
        if (desk.Interactions.Find(id) is not { } interaction || !context.Request.HasFormContentType) return SignInPages.Expired();
        var before = await SessionAsync(context);
        var form = SignInForm.From(await context.Request.ReadFormAsync(context.RequestAborted));
        var (after, error) = form.Code is null ? desk.CheckPassword(form, before) : desk.CheckCode(form, before);
        if (after is not null && after != before) await context.SignInAsync(SignOnSession.Scheme, after.ToPrincipal());
        // Another tab may have finished meanwhile: then the session is enough, whatever was typed here, and a used code is no error.
        return Next(interaction, after, desk.Users, error, form.Username);
    }

    private static IResult Next(Interaction interaction, SignOnSession? session, LabUsers users, string? error, string? typedName = null)
    {
        var user = users.Find(session?.Upn);
        return interaction.Demand.NextStep(session, user) switch
        {
            SignInStep.Done => Results.Redirect($"{interaction.ReturnPath}&{Interactions.Parameter}={interaction.Id}"),
            SignInStep.Code => SignInPages.Code(user?.Upn ?? "", error),
            _ => SignInPages.Password(typedName ?? interaction.LoginHint ?? user?.Upn, error),
        };
    }

    private static async Task<SignOnSession?> SessionAsync(HttpContext context) =>
        SignOnSession.From((await context.AuthenticateAsync(SignOnSession.Scheme)).Principal);

    private static void NeverKeep(HttpContext context) => context.Response.Headers.CacheControl = "no-store";
}
