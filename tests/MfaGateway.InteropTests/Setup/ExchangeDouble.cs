using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MfaGateway.InteropTests.Setup;

/// <summary>As much of an Exchange server as a sign-in needs: healthy, and it says which page it was asked for.</summary>
internal sealed class ExchangeDouble : IMailServer
{
    private readonly WebApplication _app;

    private ExchangeDouble(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static async Task<ExchangeDouble> StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync($"Exchange shows {context.Request.Path}{context.Request.QueryString}"));
        await app.StartAsync();
        return new ExchangeDouble(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
