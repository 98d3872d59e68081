using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.Configuration;

/// <summary>Certificates with private keys from files, read again when a file changes; a file that cannot be read leaves the certificate in force.</summary>
internal sealed class CertificateFiles(GatewaySettings settings)
{
    private readonly ConcurrentDictionary<string, (DateTime Written, X509Certificate2 Certificate)> _loaded = new(StringComparer.Ordinal);

    /// <exception cref="CryptographicException">The file holds no certificate with a private key.</exception>
    /// <exception cref="IOException">The file cannot be read, and never could.</exception>
    public X509Certificate2 Load(CertificateOptions options)
    {
        if (options.Thumbprint is { } thumbprint) return FromStore(thumbprint) ?? throw new CryptographicException($"No certificate {thumbprint} in the store.");
        var path = settings.Resolve(options.Path!);
        var written = File.GetLastWriteTimeUtc(path);
        if (_loaded.TryGetValue(path, out var known) && known.Written == written) return known.Certificate;

        try
        {
            var certificate = Read(path, options.KeyPath is { } key ? settings.Resolve(key) : null, options.Password);
            _loaded[path] = (written, certificate);
            return certificate;
        }
        catch (Exception e) when (known.Certificate is not null && e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return known.Certificate!; // half-written by a renewal: the next connection looks again
        }
    }

    internal static X509Certificate2 Read(string path, string? keyPath, Secret? password)
    {
        if (X509Certificate2.GetCertContentType(path) is X509ContentType.Pfx)
            return X509CertificateLoader.LoadPkcs12FromFile(path, password?.Reveal());
        using var pem = password is null
            ? X509Certificate2.CreateFromPemFile(path, keyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password.Reveal(), keyPath);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null); // Windows wants the key persisted for TLS
    }

    /// <summary>A certificate with its key in the machine's store, or in that of the account (the only one there is on Linux).</summary>
    internal static X509Certificate2? FromStore(string thumbprint)
    {
        foreach (var location in new[] { StoreLocation.LocalMachine, StoreLocation.CurrentUser })
        {
            using var store = new X509Store(StoreName.My, location);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            }
            catch (CryptographicException)
            {
                continue; // this system has no such store
            }

            if (store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false) is [{ HasPrivateKey: true } found, ..]) return found;
        }

        return null;
    }

    /// <summary>What stands after the first certificate of a PEM file: intermediates to send along.</summary>
    internal static X509Certificate2Collection Intermediates(string path)
    {
        var all = new X509Certificate2Collection();
        if (X509Certificate2.GetCertContentType(path) is X509ContentType.Pfx) return all;
        all.ImportFromPemFile(path);
        if (all.Count > 0) all.RemoveAt(0);
        return all;
    }
}
