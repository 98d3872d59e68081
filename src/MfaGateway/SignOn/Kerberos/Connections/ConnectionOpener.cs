using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MfaGateway.Configuration;
using MfaGateway.SignIn;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>Opens connections to Exchange. It fails as the framework's own handler does, so that retry and health take a failure for what it is.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the connection owns stream and socket; until it has them, the catch block closes both")]
internal sealed class ConnectionOpener(GatewaySettings settings, TimeProvider time)
{
    private volatile Client? _client;

    /// <exception cref="HttpRequestException">No connection came about; nothing was sent.</exception>
    public async Task<SessionConnection> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(settings.Current.Exchange.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await ConnectAsync(server, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{server.Authority} did not answer in time.", e);
        }
        catch (SocketException e)
        {
            var unknown = e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain;
            throw new HttpRequestException(unknown ? HttpRequestError.NameResolutionError : HttpRequestError.ConnectionError, $"{server.Authority} cannot be reached.", e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, $"TLS to {server.Authority} failed.", e);
        }
    }

    private async Task<SessionConnection> ConnectAsync(Uri server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await socket.ConnectAsync(server.IdnHost, server.Port, cancellationToken);
            var wire = new CountingStream(new NetworkStream(socket, ownsSocket: true));
            tls = new SslStream(wire);
            await tls.AuthenticateAsClientAsync(Options(), cancellationToken);
            return new SessionConnection(tls, wire, time.GetUtcNow());
        }
        catch
        {
            if (tls is not null) await tls.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Built once per set of settings: the trusted certificates come from a file.</summary>
    private SslClientAuthenticationOptions Options()
    {
        var current = settings.Current;
        if (_client is { } client && client.Settings == current) return client.Options;
        var options = TrustedRoots.Apply(
            new SslClientAuthenticationOptions
            {
                TargetHost = current.PublicOrigin!.IdnHost, // the public name, which every server carries
                ApplicationProtocols = [SslApplicationProtocol.Http11], // Windows authentication does not work over HTTP/2
                AllowRenegotiation = false, // another certificate in the middle of a connection would need another binding
                AllowTlsResume = false, // a resumed session keeps the certificate of the first one, and the server may have a new one by then
            },
            current.Exchange.TrustedCertificates is { } file ? settings.Resolve(file) : null);
        _client = new Client(current, options);
        return options;
    }

    private sealed record Client(GatewayOptions Settings, SslClientAuthenticationOptions Options);
}
