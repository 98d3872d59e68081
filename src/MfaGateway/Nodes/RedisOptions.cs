using System.ComponentModel.DataAnnotations;
using MfaGateway.Configuration;

namespace MfaGateway.Nodes;

/// <summary>A Redis that several gateways share. Section <c>Gateway:Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Where it is, in the form of StackExchange.Redis: <c>redis1.contoso.com:6380,ssl=true</c>. Several addresses for a cluster; with
    /// <c>serviceName=mymaster</c> they are those of the sentinels. No password. Required when anything is kept in Redis.</summary>
    public string? Connection { get; set; }

    /// <summary>The ACL user. Default: the default user.</summary>
    public string? User { get; set; }

    /// <summary>Its password. Only from the environment (<c>Gateway__Redis__Password</c>) or a key-per-file folder. Default none.</summary>
    public Secret? Password { get; set; }

    /// <summary>PEM file of the certificates to trust for Redis instead of the system's. Default: the system's.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>Permits a connection without TLS to another machine. What is kept is encrypted, but the password is not, and whoever is between can
    /// end sessions and bring ended ones back. Default false.</summary>
    public bool AllowPlainText { get; set; }

    /// <summary>Begins every key and channel; gateways of one estate have the same. They become <c>{mfagw}:…</c>: the braces keep them on one shard of a
    /// cluster, where they can be changed together. Default <c>mfagw</c>.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9_.-]{1,64}$", ErrorMessage = "Write letters, digits, _, - and ., at most 64.")]
    public string Prefix { get; set; } = "mfagw";

    /// <summary>Longest time to wait for Redis; a request that needs it for longer is answered 503. Default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}
