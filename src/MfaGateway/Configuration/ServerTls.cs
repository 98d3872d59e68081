using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MfaGateway.Configuration;

/// <summary>
/// How the public listener speaks TLS: versions 1.2 and 1.3 (RFC 8996 ended the older ones; RFC 9325, 3.1), HTTP/2 before HTTP/1.1, and the certificate with its
/// intermediates as they are now in their file. No list of suites is given: with one the runtime resumes no session (RFC 8446, 2.2). <c>deploy/openssl</c> has it.
/// </summary>
internal sealed class ServerTls(GatewaySettings settings, CertificateFiles files)
{
    private volatile Known? _known;

    public SslServerAuthenticationOptions Current()
    {
        var source = settings.Current.Listen.Certificate!;
        var certificate = files.Load(source);
        if (_known is { } known && known.Thumbprint == certificate.Thumbprint) return known.Options;

        var intermediates = source.Path is { } path ? CertificateFiles.Intermediates(settings.Resolve(path)) : [];
        var made = new Known(certificate.Thumbprint, Options(SslStreamCertificateContext.Create(certificate, intermediates, offline: true)));
        _known = made;
        return made.Options;
    }

    private static SslServerAuthenticationOptions Options(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
#pragma warning disable CA5398 // older versions are refused whatever the system allows
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        AllowRenegotiation = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // of certificates that browsers show, and none is asked for
    };

    private sealed record Known(string Thumbprint, SslServerAuthenticationOptions Options);
}
