using System.Net;
using System.Security.Cryptography.X509Certificates;
using MfaGateway.InteropTests.Setup;
using MfaGateway.Lab.Exchange;
using MfaGateway.Lab.Kerberos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>A mail server that signs people on as the lab's do, and says to whom it shows what.</summary>
internal sealed class ExchangeAcceptor : IMailServer
{
    private readonly WebApplication _app;
    private readonly TicketAcceptor _acceptor;
    private readonly WindowsAuthentication _logon;

    private ExchangeAcceptor(WebApplication app, TicketAcceptor acceptor, WindowsAuthentication logon) => (_app, _acceptor, _logon) = (app, acceptor, logon);

    public string Address => _app.Urls.Single();

    /// <summary>How many tokens were accepted.</summary>
    public int Tokens => _logon.Tokens;

    /// <param name="certificate">RSA with SHA-256.</param>
    /// <param name="keytab">The service's key.</param>
    /// <param name="replayCache">A file in which it remembers tokens, because each is good once.</param>
    public static async Task<ExchangeAcceptor> StartAsync(X509Certificate2 certificate, string keytab, string replayCache)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        var acceptor = new TicketAcceptor(keytab, $"file2:{replayCache}");
        var server = new ExchangeAcceptor(app, acceptor, new WindowsAuthentication(acceptor, certificate));
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _acceptor.Dispose();
    }

    private Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path.Value!.EndsWith("/healthcheck.htm", StringComparison.Ordinal)) return context.Response.WriteAsync("200 OK");
        return _logon.SignOn(context) is { } user ? context.Response.WriteAsync($"Exchange shows {context.Request.Path} to {user}") : Task.CompletedTask;
    }
}
