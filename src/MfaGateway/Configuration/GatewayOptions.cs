using System.ComponentModel.DataAnnotations;
using System.Net;
using MfaGateway.Access;
using MfaGateway.Access.Opa;
using MfaGateway.Audit;
using MfaGateway.Exchange;
using MfaGateway.Lifecycle;
using MfaGateway.Limits;
using MfaGateway.Nodes;
using MfaGateway.Pages;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using MfaGateway.SignIn;

namespace MfaGateway.Configuration;

/// <summary>Everything an operator can set. Section <c>Gateway</c> of the configuration file.</summary>
public sealed class GatewayOptions
{
    /// <summary>The origin that browsers see, for example <c>https://mail.contoso.com</c>: scheme https, host, optional port, nothing else. Required.</summary>
    [Required]
    public Uri? PublicOrigin { get; set; }

    /// <summary>Folder for what the gateway itself keeps: the session file and the key ring, unless they are kept elsewhere. Default <c>data</c> beside the configuration file.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>Where browsers connect.</summary>
    public ListenOptions Listen { get; set; } = new();

    /// <summary>Where operators connect.</summary>
    public ManagementOptions Management { get; set; } = new();

    /// <summary>Which balancers in front are believed when they name the client's address.</summary>
    public ForwardedHeadersSettings ForwardedHeaders { get; set; } = new();

    /// <summary>The identity providers by name. The name is part of the callback address <c>/.gateway/signin-oidc/{name}</c>. At least one.</summary>
    public Dictionary<string, ProviderOptions> Providers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The provider that signs people in when nothing else decides. Default: the only one; with several, people choose.</summary>
    public string? DefaultProvider { get; set; }

    /// <summary>The servers behind the gateway.</summary>
    public ExchangeOptions Exchange { get; set; } = new();

    /// <summary>How long a session lives and where it is kept.</summary>
    public SessionOptions Sessions { get; set; } = new();

    /// <summary>The keys that protect sessions and sign-ins under way.</summary>
    public KeyRingOptions Keys { get; set; } = new();

    /// <summary>A Redis that several gateways share.</summary>
    public RedisOptions Redis { get; set; } = new();

    /// <summary>How a gateway that is told to stop leaves its work to others.</summary>
    public ShutdownOptions Shutdown { get; set; } = new();

    /// <summary>Which policy decides.</summary>
    public PolicyOptions Policy { get; set; } = new();

    /// <summary>Where facts that a policy asks for come from.</summary>
    public AccessOptions Access { get; set; } = new();

    /// <summary>Where decisions are recorded.</summary>
    public AuditOptions Audit { get; set; } = new();

    /// <summary>How much anybody may ask for.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>What is refused whoever asks.</summary>
    public ShieldOptions Shield { get; set; } = new();

    /// <summary>Name, logo and support text of the gateway's own pages.</summary>
    public BrandingOptions Branding { get; set; } = new();
}

/// <summary>The public listener. Section <c>Gateway:Listen</c>.</summary>
public sealed class ListenOptions
{
    /// <summary>Address and port, for example <c>https://*:443</c>. Plain http is for a balancer on the same host that ends TLS. Default <c>https://*:443</c>.</summary>
    [Required]
    public string Url { get; set; } = "https://*:443";

    /// <summary>The certificate shown to browsers. Needed for an https address; read again when the file changes.</summary>
    public CertificateOptions? Certificate { get; set; }
}

/// <summary>The listener for health checks. Section <c>Gateway:Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>Address and port. It has no sign-in: keep it on loopback or a closed network. It answers under an address, <c>localhost</c> or this machine's
    /// name, and 403 under any other name, which a stranger could point here. Default <c>http://127.0.0.1:8445</c>.</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:8445";
}

/// <summary>A certificate with its private key, from files or from the certificate store.</summary>
public sealed class CertificateOptions
{
    /// <summary>PEM file with the certificate and its intermediates, or a PFX file. Either this or <c>Thumbprint</c>.</summary>
    public string? Path { get; set; }

    /// <summary>SHA-1 thumbprint (40 hex digits) of a certificate in the store <c>My</c> of the machine, or of the account the gateway runs as. Default none.</summary>
    [RegularExpression("^[0-9a-fA-F]{40}$", ErrorMessage = "Write 40 hex digits without spaces.")]
    public string? Thumbprint { get; set; }

    /// <summary>PEM file with the private key. Default: the key stands in <c>Path</c>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the key or of the PFX file. Only from the environment or a key-per-file folder. Default none.</summary>
    public Secret? Password { get; set; }
}

/// <summary>Which peers may say <c>X-Forwarded-For</c>. Section <c>Gateway:ForwardedHeaders</c>. Default: nobody.</summary>
public sealed class ForwardedHeadersSettings
{
    /// <summary>Addresses of balancers, for example <c>192.0.2.10</c>. Default none.</summary>
    public IList<string> KnownProxies { get; init; } = [];

    /// <summary>Networks of balancers in CIDR form. A network that holds everybody (<c>0.0.0.0/0</c>, <c>::/0</c>) is refused. Default none.</summary>
    public IList<string> KnownNetworks { get; init; } = [];

    /// <summary>Whether anybody is believed.</summary>
    internal bool IsUsed => KnownProxies.Count + KnownNetworks.Count > 0;

    /// <summary>Whether what connects from an address is one of them.</summary>
    internal bool Lists(IPAddress? address)
    {
        if (address is null) return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return KnownProxies.Any(proxy => IPAddress.Parse(proxy).Equals(plain)) || KnownNetworks.Any(network => IPNetwork.Parse(network).Contains(plain));
    }
}

/// <summary>Which policy decides. Section <c>Gateway:Policy</c>.</summary>
public sealed class PolicyOptions
{
    /// <summary>What decides: <c>document</c> for the policy document, or <c>opa</c> for an Open Policy Agent. Default <c>document</c>.</summary>
    [Required]
    public string Engine { get; set; } = "document";

    /// <summary>The policy document (JSON), relative to the configuration file. Read again when it changes; a bad document keeps the old one. Required
    /// for the engine <c>document</c>, not read for another.</summary>
    public string? Path { get; set; }

    /// <summary>A second policy document, relative to the configuration file: asked beside the one in force, and its answers recorded as what they would have
    /// been, without effect. Read again when it changes. Default none.</summary>
    public string? ReportOnlyPath { get; set; }

    /// <summary>The agent of the engine <c>opa</c>.</summary>
    public OpaOptions Opa { get; set; } = new();

    /// <summary>Folder of plug-ins that add conditions to policy documents, each in a folder of its own. They run with the gateway's rights. Loaded once,
    /// at the start. Default none.</summary>
    public string? PlugIns { get; set; }

    /// <summary>SHA-256 hashes of the assemblies that may be loaded from there: of each plug-in and of what it brings along. Default: any.</summary>
    public IList<string> PlugInHashes { get; init; } = [];
}
