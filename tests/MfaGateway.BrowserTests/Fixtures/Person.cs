using MfaGateway.Lab.IdentityProvider;
using OtpNet;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>Somebody who can sign in, with the authenticator app that belongs to the account.</summary>
public sealed class Person
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly LabUser _user;
    private readonly HashSet<string> _shown = [];

    internal Person(LabUser user) => _user = user;

    public string Name => _user.Upn;

    public string Password => _user.Password;

    /// <summary>A code that was not used yet. The provider takes those of the step before and after too, so that nobody waits for the clock.</summary>
    public string NextCode()
    {
        var totp = new Totp(Base32Encoding.ToBytes(_user.TotpSecret ?? throw new InvalidOperationException($"{Name} has no second factor.")));
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new[] { now, now + Step, now - Step }.Select(totp.ComputeTotp).First(_shown.Add);
    }
}
