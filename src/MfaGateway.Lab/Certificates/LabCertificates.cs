using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.Lab.Certificates;

/// <summary>The certificates of one state folder: made at the first start, used again later, renewed before they end.</summary>
internal sealed class LabCertificates : IDisposable
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(5 * 365);
    private static readonly TimeSpan SignerLife = TimeSpan.FromDays(5 * 365);

    /// <summary>Below the 398 days that browsers accept at most for a server certificate.</summary>
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(365);

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private LabCertificates(string folder) =>
        (AuthorityFiles, LeafFiles, ClientFiles) =
        (PemFiles.In(folder, "lab-ca"), PemFiles.In(folder, "lab-leaf"), PemFiles.In(folder, "gateway-client"));

    /// <summary>The root that a browser has to trust.</summary>
    public PemFiles AuthorityFiles { get; }

    /// <summary>The certificate of every listener.</summary>
    public PemFiles LeafFiles { get; }

    /// <summary>What the gateway signs its client assertions with (RFC 7523).</summary>
    public PemFiles ClientFiles { get; }

    public required X509Certificate2 Authority { get; init; }

    public required X509Certificate2 Leaf { get; init; }

    public required X509Certificate2 Client { get; init; }

    /// <summary>What the identity provider signs its tokens with.</summary>
    public required X509Certificate2 TokenSigner { get; init; }

    /// <summary>Reads the certificates in a folder and makes those that are missing, damaged or near their end.</summary>
    public static LabCertificates Ensure(string folder, TimeProvider time)
    {
        var maker = new CertificateMaker(time);
        var enough = time.GetUtcNow() + RenewBefore;
        var authority = Ensure(PemFiles.In(folder, "lab-ca"), enough, _ => true, () => NewAuthority(maker));
        return new LabCertificates(folder)
        {
            Authority = authority,
            Leaf = Ensure(PemFiles.In(folder, "lab-leaf"), enough, leaf => IsFrom(leaf, authority), () => NewLeaf(maker, authority)),
            Client = Ensure(PemFiles.In(folder, "gateway-client"), enough, _ => true, () => NewSigner(maker, "MfaGateway lab client")),
            TokenSigner = Ensure(PemFiles.In(folder, "token-signer"), enough, _ => true, () => NewSigner(maker, "MfaGateway lab identity provider")),
        };
    }

    public void Dispose()
    {
        Authority.Dispose();
        Leaf.Dispose();
        Client.Dispose();
        TokenSigner.Dispose();
    }

    private static X509Certificate2 Ensure(
        PemFiles files, DateTimeOffset enough, Func<X509Certificate2, bool> fits, Func<(X509Certificate2 Certificate, AsymmetricAlgorithm Key)> make)
    {
        var found = files.Read();
        if (found is not null && found.NotAfter.ToUniversalTime() > enough && fits(found)) return found;
        found?.Dispose();
        var (certificate, key) = make();
        using (certificate)
        using (key) files.Write(certificate, key);
        return files.Read() ?? throw new IOException($"The certificate just written to '{files.Certificate}' cannot be read.");
    }

    private static (X509Certificate2 Certificate, AsymmetricAlgorithm Key) NewAuthority(CertificateMaker maker)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (maker.MakeAuthority(key, AuthorityLife), key);
    }

    private static (X509Certificate2 Certificate, AsymmetricAlgorithm Key) NewLeaf(CertificateMaker maker, X509Certificate2 authority)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (maker.MakeLeaf(authority, key, LeafLife), key);
    }

    private static (X509Certificate2 Certificate, AsymmetricAlgorithm Key) NewSigner(CertificateMaker maker, string name)
    {
        var key = RSA.Create(2048);
        return (maker.MakeSigner(name, key, SignerLife), key);
    }

    private static bool IsFrom(X509Certificate2 leaf, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid; // the caller judges time by its own clock
        return chain.Build(leaf);
    }
}
