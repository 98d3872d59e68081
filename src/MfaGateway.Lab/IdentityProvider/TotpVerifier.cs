using OtpNet;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Checks time-based one-time passwords (RFC 6238). A code of the step before, of now and of the step after is good, each once.</summary>
internal sealed class TotpVerifier(TimeProvider time)
{
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<long>> _usedSteps = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The code an authenticator shows now; null for a user without one.</summary>
    public string? CurrentCode(LabUser user) =>
        user.TotpSecret is { } secret ? new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(time.GetUtcNow().UtcDateTime) : null;

    /// <summary>Whether the code is right and was not used before (RFC 6238 section 5.2: never accept the second attempt).</summary>
    public bool Accept(LabUser user, string? code)
    {
        if (user.TotpSecret is null || code is null) return false;
        var totp = new Totp(Base32Encoding.ToBytes(user.TotpSecret));
        if (!totp.VerifyTotp(time.GetUtcNow().UtcDateTime, code.Replace(" ", "", StringComparison.Ordinal), out var step, Window)) return false;
        lock (_gate)
        {
            if (!_usedSteps.TryGetValue(user.Upn, out var used)) _usedSteps[user.Upn] = used = [];
            used.RemoveWhere(old => old < step - 4);
            return used.Add(step);
        }
    }
}
