using System.ComponentModel.DataAnnotations;

namespace MfaGateway.Recheck;

/// <summary>Asking the identity provider again about people who are signed in. Section <c>Gateway:Sessions:Recheck</c>.</summary>
public sealed class RecheckOptions
{
    /// <summary>How often the provider is asked about a signed-in user, with a refresh token (RFC 6749 section 6): a user who was disabled is out, and changed
    /// groups count, after this long. Minutes are sensible; every question is a request to the provider for each session in use. Default: never.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00")]
    public TimeSpan? Every { get; set; }

    /// <summary>How long people may go on when it is time to ask and the provider does not answer. After that their requests are answered 503 until it does;
    /// nobody is signed out. Default 1 hour: outages of a provider are shorter as a rule, and a session is longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);
}
