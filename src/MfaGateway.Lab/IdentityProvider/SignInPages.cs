using System.Net;
using System.Reflection;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>The provider's pages: one frame, no script.</summary>
internal static class SignInPages
{
    private static readonly string Frame = Read();

    public static IResult Password(string? name, string? error) => Page("Sign in", error, $"""
        <form method="post">
          <label for="username">User name</label>
          <input id="username" name="username" type="email" autocomplete="username" required autofocus value="{Encode(name)}" placeholder="alice@contoso.test">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required>
          <button type="submit">Sign in</button>
        </form>
        """);

    public static IResult Code(string upn, string? error) => Page("Second factor", error, $"""
        <p>Signed in as {Encode(upn)}. Enter the six digits your authenticator app shows.</p>
        <form method="post">
          <label for="code">Code</label>
          <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" required autofocus>
          <button type="submit">Verify</button>
        </form>
        """);

    /// <summary>Tells the applications in hidden frames that the session ended.</summary>
    public static IResult SignedOut(IEnumerable<Uri> notify) => Page("Signed out", null, string.Concat(
        [
            "<p>You are signed out.</p>",
            .. notify.Select(uri => $"""<iframe src="{Encode(uri.AbsoluteUri)}" title="Sign-out of an application" hidden></iframe>"""),
        ]));

    public static IResult Expired() => Page("Start again", "This sign-in took too long or was finished in another window.", """
        <p>Go back to the application and open it again.</p>
        """);

    private static IResult Page(string title, string? error, string content) => Results.Content(
        Frame.Replace("{{title}}", Encode(title), StringComparison.Ordinal)
            .Replace("{{error}}", error is null ? "" : $"""<p class="error" role="alert">{Encode(error)}</p>""", StringComparison.Ordinal)
            .Replace("{{content}}", content, StringComparison.Ordinal),
        "text/html; charset=utf-8");

    private static string Encode(string? text) => WebUtility.HtmlEncode(text) ?? "";

    private static string Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("MfaGateway.Lab.IdentityProvider.SignIn.html")
            ?? throw new InvalidOperationException("The page frame is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
