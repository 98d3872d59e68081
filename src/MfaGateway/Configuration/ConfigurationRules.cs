using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MfaGateway.Access;
using MfaGateway.Exchange;
using MfaGateway.Nodes;
using MfaGateway.Policy.Documents;
using MfaGateway.Shield.KnownAttacks;
using MfaGateway.SignIn;
using MfaGateway.SignOn;
using MfaGateway.SignOn.Kerberos;

namespace MfaGateway.Configuration;

/// <summary>What annotations cannot say: rules across settings, files that must be readable, names that must be known.</summary>
internal static class ConfigurationRules
{
    private static readonly string[] _stores = ["Sqlite", "Redis", "Memory"];
    private static readonly string[] _sinks = ["File"];
    private static readonly string[] _methods = [PassThroughSignOn.MethodName, KerberosRules.MethodName];
    private static readonly string[] _anyAlgorithms = StrictTokenHandler.DefaultAlgorithms;

    public static void Check(GatewayOptions options, ConfigurationSources sources, List<ConfigurationProblem> problems)
    {
        var check = new Rules(sources.Folder, problems);
        CheckListeners(options, check);
        CheckProviders(options, check);
        CheckExchange(options.Exchange, check);
        CheckForwarding(options.ForwardedHeaders, check);
        check.OneOf("Sessions.Store", options.Sessions.Store, _stores);
        check.That(options.Sessions.AbsoluteTimeout >= options.Sessions.IdleTimeout, "Sessions.AbsoluteTimeout",
            $"AbsoluteTimeout ({options.Sessions.AbsoluteTimeout}) is shorter than IdleTimeout ({options.Sessions.IdleTimeout}).", "Make it at least as long.");
        check.That(options.Sessions.Recheck.Every is not { } every || every < options.Sessions.AbsoluteTimeout, "Sessions.Recheck.Every",
            $"No session lives for {options.Sessions.Recheck.Every}, so nobody would be asked about.", $"Use less than AbsoluteTimeout ({options.Sessions.AbsoluteTimeout}).");
        NodeRules.Check(options, check);
        CheckPolicy(options, sources, check);
        ShieldRuleLoader.Load(options, check);
        for (var n = 0; n < options.Audit.Sinks.Count; n++)
        {
            check.OneOf($"Audit.Sinks[{n}].Kind", options.Audit.Sinks[n].Kind, _sinks);
            check.That(options.Audit.Sinks[n].Path is { Length: > 0 }, $"Audit.Sinks[{n}].Path", "A file sink has no file.", "Set Path, for example audit.jsonl.");
        }

        if (options.Branding.LogoPath is { } logo && check.Readable("Branding.LogoPath", logo))
            check.That(new FileInfo(check.Resolve(logo)).Length <= 65_536, "Branding.LogoPath", "The logo is larger than 65,536 bytes.", "Use a smaller file; it travels with every page.");
    }

    /// <summary>A document is only read with its plug-ins: without them, each of their conditions would be a problem of its own.</summary>
    private static void CheckPolicy(GatewayOptions options, ConfigurationSources sources, Rules check)
    {
        var (policy, wellFormed) = (options.Policy, true);
        EngineRules.Check(policy, check);
        for (var n = 0; n < policy.PlugInHashes.Count; n++)
        {
            wellFormed &= check.That(policy.PlugInHashes[n].Length == 64 && policy.PlugInHashes[n].All(char.IsAsciiHexDigit),
                $"Policy.PlugInHashes[{n}]", $"'{policy.PlugInHashes[n]}' is not a SHA-256.", "Write 64 hex digits, as sha256sum prints them.");
        }

        if (!wellFormed) return;
        var problems = sources.PlugIns.Load(policy, sources.Folder);
        foreach (var problem in problems) check.That(false, "Policy.PlugIns", ConfigurationShape.Sentence($"'{problem.Where}': {problem.Message}"), problem.Remedy);
        if (problems.Count == 0) PolicyLoader.Load(options, check, sources.PlugIns.Conditions);
    }

    private static void CheckListeners(GatewayOptions options, Rules check)
    {
        if (options.PublicOrigin is { } origin)
        {
            check.That(origin.Scheme == "https", "PublicOrigin", $"'{origin}' is not https.", "Browsers keep the session cookie only over https: write https://….");
            check.That(origin.AbsolutePath == "/" && origin.Query.Length == 0 && origin.UserInfo.Length == 0, "PublicOrigin", $"'{origin}' is more than an origin.", "Write scheme, host and port only.");
        }

        var address = check.Address("Listen.Url", options.Listen.Url);
        if (check.Address("Management.Url", options.Management.Url) is { Scheme: "https" })
            check.That(false, "Management.Url", "The management listener has no certificate and speaks plain http.", "Write http://127.0.0.1:8445.");
        if (options.Listen.Certificate is { } certificate) check.Certificate("Listen.Certificate", certificate);
        else check.That(address?.Scheme != "https", "Listen.Certificate", "An https address has no certificate.", "Set Listen.Certificate.Path (and KeyPath).");
    }

    private static void CheckProviders(GatewayOptions options, Rules check)
    {
        check.That(options.Providers.Count > 0, "Providers", "No identity provider is configured.", "Add one, for example \"adfs\": { \"Kind\": \"Adfs\", … }.");
        check.That(options.DefaultProvider is null || options.Providers.ContainsKey(options.DefaultProvider), "DefaultProvider",
            $"There is no provider '{options.DefaultProvider}'.", ConfigurationShape.Sentence(DidYouMean.Among(options.Providers.Keys, options.DefaultProvider ?? "")));
        foreach (var (name, provider) in options.Providers)
        {
            var at = $"Providers.{name}";
            check.That(name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'), at, $"The name '{name}' stands in an address.", "Use letters, digits, - and _ only.");
            if (provider.Kind is null) continue; // reported as missing already
            if (!check.OneOf($"{at}.Kind", provider.Kind, [.. ProviderCatalog.Kinds.Select(k => k.Kind)])) continue;
            ProviderRules.Check(at, provider, check);
            check.That(provider.SigningAlgorithms.All(a => _anyAlgorithms.Contains(a)), $"{at}.SigningAlgorithms",
                "An algorithm is not acceptable: 'none' and HMAC prove nothing to us.", $"Use {string.Join(", ", _anyAlgorithms)}.");
            if (provider.TrustedCertificates is { } pem) check.PemFile($"{at}.TrustedCertificates", pem);
            if (provider.ClientCertificate is { } certificate) check.Certificate($"{at}.ClientCertificate", certificate);
        }
    }

    private static void CheckExchange(ExchangeOptions exchange, Rules check)
    {
        for (var n = 0; n < exchange.Servers.Count; n++)
        {
            check.That(Uri.TryCreate(exchange.Servers[n], UriKind.Absolute, out var server) && server is { Scheme: "https", AbsolutePath: "/", Query: "", UserInfo: "" },
                $"Exchange.Servers[{n}]", $"'{exchange.Servers[n]}' is not the https address of a server.", "Write https://ex1.contoso.com, without a path.");
        }

        var servers = exchange.Servers.Select(s => Uri.TryCreate(s, UriKind.Absolute, out var address) ? address.Authority : s).ToList();
        check.That(servers.Distinct(StringComparer.OrdinalIgnoreCase).Count() == servers.Count, "Exchange.Servers",
            "A server is listed twice.", "List each once.");
        check.OneOf("Exchange.SignOn.Method", exchange.SignOn.Method, _methods);
        KerberosRules.Check(exchange.SignOn, check);
        if (exchange.TrustedCertificates is { } pem) check.PemFile("Exchange.TrustedCertificates", pem);
        for (var n = 0; n < exchange.SignOn.PostOrigins.Count; n++)
        {
            var text = exchange.SignOn.PostOrigins[n];
            check.That(Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin.Scheme == "https" && origin.GetLeftPart(UriPartial.Authority) == text,
                $"Exchange.SignOn.PostOrigins[{n}]", $"'{text}' is not an origin.", "Write https://sts.contoso.com, without a slash at the end.");
        }

        for (var n = 0; n < exchange.AllowedRequestHeaders.Count; n++)
            check.That(!RequestHeaders.IsDangerous(exchange.AllowedRequestHeaders[n]), $"Exchange.AllowedRequestHeaders[{n}]",
                $"'{exchange.AllowedRequestHeaders[n]}' would let a browser choose its identity, address, path or framing.", "Remove it.");
        for (var n = 0; n < exchange.Publish.EcpOptions.Count; n++)
            check.That(exchange.Publish.EcpOptions[n].StartsWith("/ecp/", StringComparison.OrdinalIgnoreCase), $"Exchange.Publish.EcpOptions[{n}]", "The shape is not below /ecp/.", "Write /ecp/….");
        for (var n = 0; n < exchange.Publish.Extra.Count; n++)
            check.That(exchange.Publish.Extra[n].Methods.All(m => PublishedPaths.VerbOf(m.ToUpperInvariant()) is not Verbs.None), $"Exchange.Publish.Extra[{n}].Methods", "A verb is not GET, HEAD or POST.", "Exchange needs no other from a browser.");
    }

    private static void CheckForwarding(ForwardedHeadersSettings forwarding, Rules check)
    {
        for (var n = 0; n < forwarding.KnownProxies.Count; n++)
            check.That(IPAddress.TryParse(forwarding.KnownProxies[n], out _), $"ForwardedHeaders.KnownProxies[{n}]", $"'{forwarding.KnownProxies[n]}' is not an IP address.", "Write 192.0.2.10; networks go into KnownNetworks.");
        for (var n = 0; n < forwarding.KnownNetworks.Count; n++)
        {
            var isNetwork = IPNetwork.TryParse(forwarding.KnownNetworks[n], out var network);
            check.That(isNetwork, $"ForwardedHeaders.KnownNetworks[{n}]", $"'{forwarding.KnownNetworks[n]}' is not a network.", "Write 192.0.2.0/24.");
            check.That(!isNetwork || network.PrefixLength > 0, $"ForwardedHeaders.KnownNetworks[{n}]", $"'{forwarding.KnownNetworks[n]}' holds everybody, so everybody could choose his address.", "List the addresses of your balancers.");
        }
    }
}

/// <summary>Collects broken rules below <c>$.Gateway</c>.</summary>
internal sealed class Rules(string folder, List<ConfigurationProblem> problems)
{
    public bool HasProblems => problems.Count > 0;

    public string Resolve(string path) => Path.GetFullPath(path, folder);

    public bool That(bool holds, string path, string message, string remedy)
    {
        if (!holds) problems.Add(new ConfigurationProblem($"$.Gateway.{path}", message, remedy));
        return holds;
    }

    public bool OneOf(string path, string? value, IReadOnlyList<string> known) => That(
        value is null || known.Contains(value, StringComparer.OrdinalIgnoreCase), path, $"There is no '{value}'.",
        ConfigurationShape.Sentence(DidYouMean.Among(known, value ?? "")));

    public Uri? Address(string path, string text)
    {
        var parsed = Uri.TryCreate(text.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        var local = parsed && (text.Contains("://*", StringComparison.Ordinal) || text.Contains("://+", StringComparison.Ordinal) || uri!.Host == "localhost" || IPAddress.TryParse(uri.Host.Trim('[', ']'), out _));
        That(local && uri!.AbsolutePath == "/", path, $"'{text}' is not an address to listen on.", "Write https://*:443 or http://127.0.0.1:8445: every address of this machine, or one.");
        return parsed ? uri : null;
    }

    public bool Readable(string path, string file)
    {
        try
        {
            using (File.OpenRead(Resolve(file))) return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return That(false, path, $"The file '{file}' cannot be read: {e.Message}", "Check the path (relative ones begin at the configuration file) and who may read it.");
        }
    }

    public void PemFile(string path, string file)
    {
        if (!Readable(path, file)) return;
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(Resolve(file));
            That(found.Count > 0, path, $"'{file}' holds no certificate.", "It must be a PEM file with -----BEGIN CERTIFICATE-----.");
        }
        catch (CryptographicException e)
        {
            That(false, path, $"'{file}' is not a PEM file of certificates: {e.Message}", "Export the certificates as PEM (base64).");
        }
    }

    public void Certificate(string path, CertificateOptions options, bool rsa = false)
    {
        if (!That(options.Path is null != options.Thumbprint is null, path, "A certificate comes either from a file or from the store.", "Set Path or Thumbprint, not both.")) return;
        if (options.Thumbprint is { } thumbprint)
        {
            That(CertificateFiles.FromStore(thumbprint) is not null, $"{path}.Thumbprint", $"The store holds no certificate {thumbprint} with a private key.", "Import it into LocalMachine\\My and let the gateway's account read the key.");
            return;
        }

        if (!Readable($"{path}.Path", options.Path!) || (options.KeyPath is { } key && !Readable($"{path}.KeyPath", key))) return;
        try
        {
            using var certificate = CertificateFiles.Read(Resolve(options.Path!), options.KeyPath is { } keyPath ? Resolve(keyPath) : null, options.Password);
            That(!rsa || certificate.GetRSAPublicKey() is not null, path, $"'{options.Path}' has no RSA key, and only RSA encrypts keys (XML Encryption).", "Use an RSA certificate here; that of the listener may be of another kind.");
            That(certificate.HasPrivateKey, path, $"'{options.Path}' has no private key.", "Set KeyPath to its key, or use a PFX file.");
        }
        catch (CryptographicException e)
        {
            That(false, path, $"The certificate '{options.Path}' cannot be used: {e.Message}", "Check that Path and KeyPath belong together, and the password.");
        }
    }
}
