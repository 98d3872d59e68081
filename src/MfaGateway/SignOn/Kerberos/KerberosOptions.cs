using System.ComponentModel.DataAnnotations;

namespace MfaGateway.SignOn.Kerberos;

/// <summary>How users are signed on with Kerberos. Section <c>Gateway:Exchange:SignOn:Kerberos</c>. Where Windows knows a value by itself it is only needed
/// on Linux.</summary>
public sealed class KerberosOptions
{
    /// <summary>The Kerberos realm: the name of the Active Directory domain in capitals, for example <c>CONTOSO.COM</c>. Required on Linux.</summary>
    [RegularExpression("^[A-Z0-9][A-Z0-9.-]*$", ErrorMessage = "Write the domain's DNS name in capitals.")]
    public string? Realm { get; set; }

    /// <summary>Domain controllers as <c>host</c> or <c>host:port</c>, asked in this order. Linux only. Default: those that DNS names for the realm.</summary>
    public IList<string> Kdcs { get; init; } = [];

    /// <summary>The gateway's account (sAMAccountName), for example <c>svc-gateway</c>. Required on Linux; on Windows the service runs as it.</summary>
    [RegularExpression("^[^@/\\\\ ]+$", ErrorMessage = "Write the account's name (sAMAccountName) without a domain.")]
    public string? Account { get; set; }

    /// <summary>Keytab file with the keys of that account, relative to the configuration file. Looked at again every few minutes. Required on Linux.</summary>
    public string? Keytab { get; set; }

    /// <summary>A <c>krb5.conf</c> of your own instead of the one that the gateway writes, relative to the configuration file; it must say
    /// <c>forwardable = true</c>. For forests whose realms need more than <c>Realm</c> and <c>Kdcs</c>. Linux only. Default none.</summary>
    public string? ConfigurationFile { get; set; }

    /// <summary>What the user's name is. <c>upn</c>: a user principal name, whatever its suffix. <c>samAccountName</c>: an account name, alone, as
    /// <c>DOMAIN\name</c> or as <c>name@domain</c>, where <c>Domains</c> knows the domain. Default <c>upn</c>.</summary>
    [AllowedValues("upn", "samAccountName")]
    public string UserName { get; set; } = "upn";

    /// <summary>The claim that holds the name, for example
    /// <c>http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname</c>; it must have exactly one value. Default: the name that the
    /// session bears (<c>Providers:{name}:User</c>).</summary>
    public string? UserClaim { get; set; }

    /// <summary>For <c>samAccountName</c>: the realm of each domain that may stand beside a name, by NetBIOS or DNS name, for example
    /// <c>"CONTOSO": "CONTOSO.COM"</c>. A name from any other domain is refused: it would be somebody else's. Default: only <c>Realm</c> itself.</summary>
    public Dictionary<string, string> Domains { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Accounts that are never signed on: names without a domain, <c>*</c> at the beginning or the end stands for anything. Names ending in
    /// <c>$</c> (computers) and the gateway's own account are refused whatever stands here. Default <c>Administrator</c> and <c>krbtgt</c>.</summary>
    public IList<string> RefusedUsers { get; init; } = [];

    /// <summary>Users whose tickets are kept in memory, about 20 KiB each; beyond it the least recently used is forgotten. Default 10,000.</summary>
    [Range(10, 1_000_000)]
    public int CacheUsers { get; set; } = 10_000;

    /// <summary>Longest time that a user's ticket is used before it is obtained anew, so that a disabled account falls out. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "10:00:00")]
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Threads that talk to domain controllers; each may be held up by one that does not answer. Default 16.</summary>
    [Range(1, 256)]
    public int Workers { get; set; } = 16;

    /// <summary>Users who may wait for such a thread; more are answered 503. Default 500.</summary>
    [Range(1, 100_000)]
    public int Queue { get; set; } = 500;

    /// <summary>Longest time that a request waits for a ticket. Default 8 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan KdcTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>When a request carries a token. <c>PerRequest</c>: always. <c>PerConnection</c>: the first on a connection. <c>Auto</c>: until the server says
    /// <c>Persistent-Auth: true</c>. Default <c>Auto</c>.</summary>
    [AllowedValues("PerRequest", "PerConnection", "Auto")]
    public string Authentication { get; set; } = "Auto";

    /// <summary>Connections that a session may have open to a server at a time. Default 8.</summary>
    [Range(1, 64)]
    public int ConnectionsPerSession { get; set; } = 8;

    /// <summary>How long an unused connection of a session is kept open. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectionIdle { get; set; } = TimeSpan.FromSeconds(30);
}
