using System.ComponentModel.DataAnnotations;
using MfaGateway.Configuration;

namespace MfaGateway.Access.Opa;

/// <summary>An Open Policy Agent that decides instead of the policy document. Section <c>Gateway:Policy:Opa</c>.</summary>
public sealed class OpaOptions
{
    /// <summary>The agent's address, for example <c>https://opa.contoso.com:8181</c>. Plain http only for an agent on this machine
    /// (<c>http://127.0.0.1:8181</c>): facts about people travel there. Required for the engine <c>opa</c>.</summary>
    public Uri? Url { get; set; }

    /// <summary>The rule that answers, as its path below <c>/v1/data/</c>: package and rule. Default <c>mfagw/decision</c>.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", ErrorMessage = "Write names between slashes, for example mfagw/decision.")]
    public string Path { get; set; } = "mfagw/decision";

    /// <summary>Longest time to wait for an answer; a request whose answer comes later is answered 503. Default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many questions within 10 seconds, when at least half of them found no answer, make the gateway stop asking for a while. Default 10.</summary>
    [Range(2, 10_000)]
    public int BreakAfter { get; set; } = 10;

    /// <summary>How long it then answers 503 at once, before it asks again with one question. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>PEM file of the certificates to trust for the agent instead of the system's. Default: the system's.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>Token sent as <c>Authorization: Bearer</c>. Only from the environment (<c>Gateway__Policy__Opa__BearerToken</c>) or a key-per-file folder.
    /// Default none.</summary>
    public Secret? BearerToken { get; set; }
}
