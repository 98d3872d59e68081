using System.Security.Cryptography;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>What the two pages post.</summary>
internal sealed record SignInForm(string? Username, string? Password, string? Code)
{
    public static SignInForm From(IFormCollection form) => new(form["username"], form["password"], form["code"]);
}

/// <summary>Checks what the user typed, and says what the session is afterwards.</summary>
internal sealed class SignInDesk(Interactions interactions, LabUsers users, TotpVerifier codes, TimeProvider time)
{
    private const string WrongPassword = "The user name or the password is wrong.";
    private const string WrongCode = "The code is wrong or was used before. Wait for the next one.";

    public Interactions Interactions { get; } = interactions;

    public LabUsers Users { get; } = users;

    /// <summary>The same user keeps the session's id and second factor; another user begins a new session.</summary>
    public (SignOnSession? Session, string? Error) CheckPassword(SignInForm form, SignOnSession? before)
    {
        if (Users.SignIn(form.Username, form.Password) is not { } user) return (before, WrongPassword);
        var kept = before?.Upn == user.Upn ? before : new SignOnSession(user.Upn, RandomNumberGenerator.GetHexString(32, true), default, null);
        return (kept with { PasswordAt = time.GetUtcNow() }, null);
    }

    public (SignOnSession? Session, string? Error) CheckCode(SignInForm form, SignOnSession? before) =>
        before is not null && Users.Find(before.Upn) is { } user && codes.Accept(user, form.Code)
            ? (before with { FactorAt = time.GetUtcNow() }, null)
            : (before, WrongCode);
}
