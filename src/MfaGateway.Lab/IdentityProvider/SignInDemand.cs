namespace MfaGateway.Lab.IdentityProvider;

/// <summary>What an authorization request demands of the sign-in.</summary>
/// <param name="Factor">A second factor, from users who have one.</param>
/// <param name="Since">Passwords and factors given before do not count; null when any age does.</param>
internal sealed record SignInDemand(bool Factor, DateTimeOffset? Since)
{
    /// <summary>What is still missing in a session.</summary>
    public SignInStep NextStep(SignOnSession? session, LabUser? user)
    {
        if (session is null || user is null || IsTooOld(session.PasswordAt)) return SignInStep.Password;
        if (!Factor || user.TotpSecret is null) return SignInStep.Done;
        return session.FactorAt is { } at && !IsTooOld(at) ? SignInStep.Done : SignInStep.Code;
    }

    private bool IsTooOld(DateTimeOffset at) => at < Since;
}

/// <summary>What the user has to do next.</summary>
internal enum SignInStep
{
    /// <summary>Give name and password.</summary>
    Password,

    /// <summary>Give the one-time code.</summary>
    Code,

    /// <summary>Nothing.</summary>
    Done,
}
