using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;

// What the gateway is measured against: YARP and nothing else, with the gateway's listener, its limits, and its connections to the servers.
// Usage: PlainYarp PORT SERVER CERTIFICATE KEY AUTHORITY
var (port, server) = (int.Parse(args[0], CultureInfo.InvariantCulture), args[1]);
using var certificate = X509Certificate2.CreateFromPemFile(args[2], args[3]);
var authority = X509CertificateLoader.LoadCertificateFromFile(args[4]);

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MaxRequestHeadersTotalSize = 65_536;
    kestrel.Limits.MaxRequestLineSize = 16_384;
    kestrel.Listen(IPAddress.Loopback, port, listen =>
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
#pragma warning disable CA5398 // older versions are refused whatever the system allows
        listen.UseHttps(https => (https.ServerCertificate, https.SslProtocols) = (certificate, SslProtocols.Tls12 | SslProtocols.Tls13));
#pragma warning restore CA5398
    });
});
builder.Services.AddReverseProxy()
    .LoadFromMemory(
        [new RouteConfig { RouteId = "all", ClusterId = "exchange", Match = new RouteMatch { Path = "/{**rest}" } }],
        [new ClusterConfig { ClusterId = "exchange", Destinations = new Dictionary<string, DestinationConfig> { ["ex1"] = new() { Address = server } } }])
    .ConfigureHttpClient((_, handler) =>
    {
        handler.ActivityHeadersPropagator = null;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck,
        };
    });

var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
