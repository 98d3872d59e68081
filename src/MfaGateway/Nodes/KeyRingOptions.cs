using System.ComponentModel.DataAnnotations;
using MfaGateway.Configuration;

namespace MfaGateway.Nodes;

/// <summary>The keys that protect sessions and sign-ins under way; every gateway of an estate needs the same. Section <c>Gateway:Keys</c>.</summary>
public sealed class KeyRingOptions
{
    /// <summary>Where they are kept: <c>Folder</c> or <c>Redis</c>. Default <c>Folder</c>.</summary>
    [Required]
    public string Store { get; set; } = "Folder";

    /// <summary>The folder; one that all gateways see when there are several. Default <c>keys</c> in <c>DataDirectory</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Encrypts the keys. Required when they are kept in Redis; every gateway needs this certificate with its private key. Default none: whoever
    /// reads the folder can read the sessions.</summary>
    public CertificateOptions? Certificate { get; set; }

    /// <summary>Certificates that encrypted older keys, needed until those have gone: 90 days, by the framework's rotation. Default none.</summary>
    public IList<CertificateOptions> Previous { get; init; } = [];
}
