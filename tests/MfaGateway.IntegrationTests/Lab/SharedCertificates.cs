using MfaGateway.IntegrationTests.Lab;
using MfaGateway.Lab.Certificates;

[assembly: AssemblyFixture(typeof(SharedCertificates))]

namespace MfaGateway.IntegrationTests.Lab;

/// <summary>One set of lab certificates for all tests: RSA keys take long to make.</summary>
public sealed class SharedCertificates : IDisposable
{
    private readonly LabFolder _folder = new();

    public SharedCertificates() => Certificates = LabCertificates.Ensure(_folder.Path, TimeProvider.System);

    internal LabCertificates Certificates { get; }

    public void Dispose()
    {
        Certificates.Dispose();
        _folder.Dispose();
    }
}
