using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MfaGateway.Lab.Estate;

/// <summary>The web servers of the lab: https, on the loopback interface, quiet and quick to stop.</summary>
internal static class LoopbackServer
{
    /// <summary>The whole lab has 5 seconds to stop; hanging requests end by themselves when the server stops.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(1);

    public static WebApplicationBuilder CreateBuilder(
        Uri address, X509Certificate2 certificate, Action<ILoggingBuilder>? logging, Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, address.Port, endpoint =>
            {
                listen?.Invoke(endpoint);
                endpoint.UseHttps(certificate);
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        logging?.Invoke(builder.Logging);
        return builder;
    }
}
