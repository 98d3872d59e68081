using System.Text.Json.Serialization;

namespace MfaGateway.Lab.IdentityProvider;

/// <summary>Somebody who can sign in at the lab.</summary>
/// <param name="Upn">User principal name, compared without case.</param>
/// <param name="Password">Made once per state folder.</param>
/// <param name="TotpSecret">Base32 secret of the second factor (RFC 6238: SHA-1, 6 digits, 30 seconds); null for a user who has none.</param>
/// <param name="Groups">Names of the groups the user is in.</param>
internal sealed record LabUser(string Upn, string Password, string? TotpSecret, IReadOnlyList<string> Groups)
{
    /// <summary>Cannot sign in, and what was given out before is worth nothing. Until the lab ends.</summary>
    [JsonIgnore]
    public bool Disabled { get; init; }

    /// <summary>What an authenticator app reads from a QR code (Key URI Format of Google Authenticator).</summary>
    public string? OtpAuthLink => TotpSecret is null
        ? null
        : $"otpauth://totp/MfaGateway%20lab:{Uri.EscapeDataString(Upn)}?secret={TotpSecret}&issuer=MfaGateway%20lab";
}
