using System.Security.Cryptography.X509Certificates;
using MfaGateway.Lab.Certificates;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.IntegrationTests.Lab;

public sealed class LabCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private readonly LabFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public void a_second_start_uses_the_same_certificates()
    {
        using var first = LabCertificates.Ensure(_folder.Path, _time);

        using var second = LabCertificates.Ensure(_folder.Path, _time);

        Assert.Equal(
            [first.Authority.Thumbprint, first.Leaf.Thumbprint, first.Client.Thumbprint, first.TokenSigner.Thumbprint],
            [second.Authority.Thumbprint, second.Leaf.Thumbprint, second.Client.Thumbprint, second.TokenSigner.Thumbprint]);
    }

    [Fact]
    public void a_leaf_near_its_end_is_renewed_by_the_same_authority()
    {
        using var first = LabCertificates.Ensure(_folder.Path, _time);
        _time.Advance(TimeSpan.FromDays(340));

        using var second = LabCertificates.Ensure(_folder.Path, _time);

        Assert.Equal(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.NotEqual(first.Leaf.Thumbprint, second.Leaf.Thumbprint);
    }

    [Fact]
    public void a_lost_authority_takes_its_leaf_with_it()
    {
        using var first = LabCertificates.Ensure(_folder.Path, _time);
        File.Delete(first.AuthorityFiles.Key);

        using var second = LabCertificates.Ensure(_folder.Path, _time);

        Assert.NotEqual(first.Authority.Thumbprint, second.Authority.Thumbprint);
        Assert.True(IsTrusted(second.Leaf, second.Authority));
    }

    [Fact]
    public void a_damaged_file_is_replaced()
    {
        using var first = LabCertificates.Ensure(_folder.Path, _time);
        File.WriteAllText(first.LeafFiles.Certificate, "half a certif");

        using var second = LabCertificates.Ensure(_folder.Path, _time);

        Assert.True(IsTrusted(second.Leaf, second.Authority));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("mail.contoso.com", false)]
    public void the_leaf_is_for_this_machine(string host, bool expected)
    {
        using var certificates = LabCertificates.Ensure(_folder.Path, _time);

        Assert.Equal(expected, certificates.Leaf.MatchesHostname(host));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("mail.contoso.com", false)]
    public void the_authority_cannot_vouch_for_another_machine(string host, bool expected)
    {
        using var certificates = LabCertificates.Ensure(_folder.Path, _time);
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest("CN=anything", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(certificates.Authority, Start, Start.AddDays(1), [1, 2, 3]);

        Assert.Equal(expected, IsTrusted(issued, certificates.Authority));
    }

    [Fact]
    public void private_keys_are_readable_by_their_owner_only()
    {
        using var certificates = LabCertificates.Ensure(_folder.Path, _time);
        if (OperatingSystem.IsWindows()) return; // there a file has the permissions of its folder, which is the user's own

        foreach (var key in Directory.GetFiles(_folder.Path, "*.key"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    public void Dispose() => _folder.Dispose();

    private bool IsTrusted(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }
}
