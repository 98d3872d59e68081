using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.Lab.Certificates;

/// <summary>A certificate in one PEM file and its private key in another, which only the owner can read.</summary>
internal sealed record PemFiles(string Certificate, string Key)
{
    /// <summary>The pair with that name in a folder: <c>name.pem</c> and <c>name.key</c>.</summary>
    public static PemFiles In(string folder, string name) => new(Path.Combine(folder, $"{name}.pem"), Path.Combine(folder, $"{name}.key"));

    /// <summary>Reads the pair; null when a file is missing or damaged, so that a new pair is made.</summary>
    public X509Certificate2? Read()
    {
        if (!File.Exists(Certificate) || !File.Exists(Key)) return null;
        try
        {
            using var pair = X509Certificate2.CreateFromPemFile(Certificate, Key);
            // Windows cannot serve TLS with a key that lives in memory only; a round trip through PKCS #12 gives it a usable one.
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Write(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        WritePrivate(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
    }

    private static void WritePrivate(string path, string text)
    {
        File.Delete(path); // the mode below is given to new files only
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
