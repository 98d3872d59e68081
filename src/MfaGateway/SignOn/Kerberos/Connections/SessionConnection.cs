using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MfaGateway.SignOn.Kerberos.Connections;

/// <summary>
/// One TLS connection to a server, for one session. HTTP over it is spoken by a handler of its own that gets this stream and never another: so a token travels on the
/// connection it was made for, and the handler's habit of sending a request again on a new connection, with the same token, ends here.
/// </summary>
internal sealed class SessionConnection : IDisposable
{
    private readonly SslStream _tls;
    private readonly CountingStream _wire;
    private readonly HttpMessageInvoker _http;
    private bool _handedOver;
    private bool _askedForAnother;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the invoker owns the handler")]
    public SessionConnection(SslStream tls, CountingStream wire, DateTimeOffset now)
    {
        (_tls, _wire, OpenedAt) = (tls, wire, now);
        var certificate = (X509Certificate2)tls.RemoteCertificate!; // the handshake fails without one
        Binding = EndpointBinding.Of(certificate);
        SignatureAlgorithm = certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "";
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null, // as for the shared connections: nothing of the browser's tracing
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan, // it is the pool above that ends connections
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ConnectCallback = (_, _) => HandOverAsync(),
        });
    }

    /// <summary>The channel binding of this very connection; null when its certificate has none.</summary>
    public byte[]? Binding { get; }

    /// <summary>How that certificate is signed.</summary>
    public string SignatureAlgorithm { get; }

    public DateTimeOffset OpenedAt { get; }

    /// <summary>When the last answer on it was complete.</summary>
    public DateTimeOffset IdleSince { get; set; }

    /// <summary>It has waited for its next request: the server may have closed it in the meantime.</summary>
    public bool Kept { get; set; }

    /// <summary>The server took a token on this connection and proved itself.</summary>
    public bool SignedOn { get; set; }

    /// <summary>The server has said that it takes further requests on this connection as the same user's.</summary>
    public bool Persistent { get; set; }

    /// <summary>The server had closed it before a byte of the last request was sent.</summary>
    public bool NothingWasSent => _askedForAnother && _wire.Written == 0;

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _wire.Written = 0;
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (_askedForAnother && _wire.Written > 0)
        {
            // the handler wanted to send it again; its "no connection" must not be taken for "nothing was sent"
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The server closed the connection without an answer.", e);
        }
    }

    /// <summary>Ends it at once, whatever runs on it.</summary>
    public void Dispose()
    {
        _wire.Dispose();
        _http.Dispose();
        _tls.Dispose();
    }

    private ValueTask<Stream> HandOverAsync()
    {
        if (_handedOver)
        {
            _askedForAnother = true;
            throw new IOException("The connection has ended.");
        }

        _handedOver = true;
        return ValueTask.FromResult<Stream>(_tls);
    }
}
