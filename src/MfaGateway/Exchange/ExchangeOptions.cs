using System.ComponentModel.DataAnnotations;
using MfaGateway.SignOn.Kerberos;

namespace MfaGateway.Exchange;

/// <summary>The servers behind the gateway. Section <c>Gateway:Exchange</c>.</summary>
public sealed class ExchangeOptions
{
    /// <summary>Addresses of the Exchange servers, https, no path. At least one.</summary>
    [MinLength(1)]
    public IList<string> Servers { get; init; } = [];

    /// <summary>PEM file of the certificates to trust for Exchange instead of the system's. Default: the system's.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>How a server's health is watched.</summary>
    public HealthCheckOptions HealthCheck { get; set; } = new();

    /// <summary>How the user is signed on to Exchange.</summary>
    public SignOnOptions SignOn { get; set; } = new();

    /// <summary>What is published besides <c>/owa</c> and <c>/ecp</c> as Exchange's own documentation describes them.</summary>
    public PublishOptions Publish { get; set; } = new();

    /// <summary>Longest silence on a forwarded request before it is given up. Default 15 minutes: notification requests hang for 10.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "02:00:00")]
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest time to open a connection to a server. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How a script call without session is answered below <c>/ecp</c>: 440 or 401. Default 440. Below <c>/owa</c> it is always 440.</summary>
    [AllowedValues(440, 401)]
    public int EcpSessionEndStatus { get; set; } = 440;

    /// <summary>Hosts other than our own that a redirect of Exchange may lead to, for example the host of <c>TargetOwaURL</c> in a hybrid set-up. The hosts
    /// of the configured identity providers are allowed when Exchange keeps its own logon. Default none.</summary>
    public IList<string> RedirectHosts { get; init; } = [];

    /// <summary>Request headers passed to Exchange besides the known ones of browsers and OWA. Default none.</summary>
    public IList<string> AllowedRequestHeaders { get; init; } = [];

    /// <summary>Adds the policy <c>script-src-attr 'none'</c> to the pages of OWA, as Microsoft's mitigation of CVE-2026-42897 does on the servers. For servers
    /// without the updates of July 2026; printing calendars and some inline images suffer. Default false.</summary>
    public bool BlockScriptAttributes { get; set; }

    /// <summary>Largest upload in bytes. Default 35,840,000: OWA's own limit of 35,000 KB (maxRequestLength in Exchange's web.config).</summary>
    [Range(1_000_000, 2_147_483_647)]
    public long MaxUploadBytes { get; set; } = 35_840_000;
}

/// <summary>How a server's health is watched. Section <c>Gateway:Exchange:HealthCheck</c>.</summary>
public sealed class HealthCheckOptions
{
    /// <summary>Time between two probes of <c>healthcheck.htm</c>, per server and protocol. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time to wait for a probe's answer. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Failed probes in a row that take a server out. Default 3.</summary>
    [Range(1, 100)]
    public int Failures { get; set; } = 3;

    /// <summary>Good probes in a row that take it back in. Default 2.</summary>
    [Range(1, 100)]
    public int Successes { get; set; } = 2;

    /// <summary>How long a server that refused a connection is left alone. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>How the user is signed on to Exchange. Section <c>Gateway:Exchange:SignOn</c>.</summary>
public sealed class SignOnOptions
{
    /// <summary>The method. <c>PassThrough</c>: Exchange keeps its own logon behind the gateway. <c>Kerberos</c>: the gateway obtains a ticket on the user's
    /// behalf; see docs/kerberos.md. Default <c>PassThrough</c>.</summary>
    [Required]
    public string Method { get; set; } = "PassThrough";

    /// <summary>The service principal name that Exchange answers for under the published name, for example <c>HTTP/mail.contoso.com</c>. Required for
    /// <c>Kerberos</c>.</summary>
    public string? ServicePrincipalName { get; set; }

    /// <summary>Account, keytab and limits of the method <c>Kerberos</c>.</summary>
    public KerberosOptions Kerberos { get; set; } = new();

    /// <summary>Origins whose pages may post a sign-on answer to <c>/owa/</c> or <c>/ecp/</c>, for example <c>https://sts.contoso.com</c> when Exchange
    /// uses AD FS claims. Setting one makes the session cookie <c>SameSite=None</c>. Default none.</summary>
    public IList<string> PostOrigins { get; init; } = [];
}

/// <summary>What is published. Section <c>Gateway:Exchange:Publish</c>.</summary>
public sealed class PublishOptions
{
    /// <summary>Publish calendars that users share anonymously below <c>/owa/calendar</c>; the policy must permit resource <c>calendar</c> too. Default false.</summary>
    public bool Calendar { get; set; }

    /// <summary>Path shapes below <c>/ecp</c> that are options of a normal user (resource <c>ecp-options</c>); everything else there is the admin center.
    /// Default: docs/configuration.md.</summary>
    public IList<string> EcpOptions { get; init; } = [];

    /// <summary>Further shapes to publish. Default none.</summary>
    public IList<PublishedShapeOptions> Extra { get; init; } = [];
}

/// <summary>A path shape and its verbs. Section <c>Gateway:Exchange:Publish:Extra</c>.</summary>
public sealed class PublishedShapeOptions
{
    /// <summary>Path below <c>/owa/</c> or <c>/ecp/</c>; <c>*</c> stands for anything inside one segment, a last segment <c>**</c> for any number of segments. Required.</summary>
    [Required]
    [RegularExpression("^/(owa|ecp)/[^ ]+$", ErrorMessage = "Write a path below /owa/ or /ecp/.")]
    public string? Path { get; set; }

    /// <summary>Verbs, of GET, HEAD and POST. Default GET and HEAD.</summary>
    public IList<string> Methods { get; init; } = [];
}
