using System.Globalization;
using System.Net;
using System.Text;
using MfaGateway.Exchange;
using MfaGateway.Limits;
using MfaGateway.Sessions;
using MfaGateway.Shield;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace MfaGateway.Configuration;

/// <summary>Marks a connection of the management listener.</summary>
public sealed class ManagementConnection
{
    internal static readonly ManagementConnection Instance = new();

    private ManagementConnection()
    {
    }
}

/// <summary>Opens the two listeners.</summary>
public static class ListenerSetup
{
    /// <summary>So long a body may be slower than it must be: mobile networks stop for seconds.</summary>
    private static readonly TimeSpan _slowFor = TimeSpan.FromSeconds(5);

    /// <summary>Kestrel's switch for lines that end in LF alone, off unless somebody asks: who stands before the gateway may see no end of a line there (RFC 9112, 2.2).</summary>
    private const string OnlyWholeLineEnds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    private static readonly TimeSpan _handshake = TimeSpan.FromSeconds(10); // Kestrel's own
    private static readonly TimeSpan _askAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _askFor = TimeSpan.FromSeconds(20);

    /// <summary>Sets Kestrel's limits and listeners from the gateway's settings.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="options">Validated options.</param>
    public static void UseGatewayListeners(this KestrelServerOptions kestrel, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(options);
        AppContext.SetSwitch(OnlyWholeLineEnds, true);
        kestrel.AddServerHeader = false;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1; // byte for byte as Exchange sent them: file names in Content-Disposition
        kestrel.Limits.MaxRequestHeadersTotalSize = 65_536; // OWA sends small bodies in a header, claims sign-on chunks its cookies
        kestrel.Limits.MaxRequestBodySize = 1_048_576; // each published shape sets its own
        kestrel.Limits.MaxRequestLineSize = 16_384;
        kestrel.Limits.MaxRequestHeaderCount = 100; // browsers send some 30, balancers add a few
        kestrel.Limits.RequestHeadersTimeout = options.Limits.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = options.Limits.KeepAliveTimeout;
        kestrel.Limits.MinRequestBodyDataRate = kestrel.Limits.MinResponseDataRate = new MinDataRate(options.Limits.MinimumBytesPerSecond, _slowFor);
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100; // RFC 9113, 6.5.2: no fewer; twice as many reset ones end the connection (CVE-2023-44487)
        kestrel.Limits.Http2.HeaderTableSize = 4_096; // RFC 9113, 6.5.2: the initial value
        kestrel.Limits.Http2.MaxFrameSize = 16_384; // RFC 9113, 6.5.2: the initial value
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 32_768; // one field; a small body in X-OWA-UrlPostData takes 2 KB, cookies of a claims sign-on 8
        kestrel.Limits.Http2.KeepAlivePingDelay = _askAfter; // who has gone without a word is found out
        kestrel.Limits.Http2.KeepAlivePingTimeout = _askFor;
        Listen(kestrel, options.Management.Url, listen => listen.Use(next => connection =>
        {
            connection.Features.Set(ManagementConnection.Instance);
            return next(connection);
        }));
        Listen(kestrel, options.Listen.Url, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            var gate = kestrel.ApplicationServices.GetRequiredService<ConnectionGate>();
            listen.Use(next => connection => gate.PassAsync(connection, next));
            listen.Use(next => connection =>
            {
                connection.Features.Set(new LastHandle());
                connection.Features.Set(new LastCookies());
                return next(connection);
            });
            if (!options.Listen.Url.StartsWith("https", StringComparison.OrdinalIgnoreCase)) return; // and so without HTTP/2
            listen.UseHttps(Handshakes(kestrel.ApplicationServices));
            var name = kestrel.ApplicationServices.GetRequiredService<ServerName>();
            listen.Use(next => connection => name.PassAsync(connection, next));
            var frames = kestrel.ApplicationServices.GetRequiredService<FrameGate>();
            listen.Use(next => connection => frames.PassAsync(connection, next));
        });
    }

    private static TlsHandshakeCallbackOptions Handshakes(IServiceProvider services)
    {
        var tls = services.GetRequiredService<ServerTls>();
        return new() { OnConnection = _ => ValueTask.FromResult(tls.Current()), HandshakeTimeout = _handshake };
    }

    private static void Listen(KestrelServerOptions kestrel, string url, Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions> configure)
    {
        var address = BindingOf(url);
        if (address.Host is "*" or "+") kestrel.ListenAnyIP(address.Port, configure);
        else if (address.Host == "localhost") kestrel.ListenLocalhost(address.Port, configure);
        else kestrel.Listen(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port, configure);
    }

    private static (string Host, int Port) BindingOf(string url)
    {
        var scheme = url[..url.IndexOf("://", StringComparison.Ordinal)];
        var authority = url[(scheme.Length + 3)..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || authority.EndsWith(']')) return (authority, scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? 443 : 80);
        return (authority[..colon], int.Parse(authority[(colon + 1)..], CultureInfo.InvariantCulture));
    }
}
