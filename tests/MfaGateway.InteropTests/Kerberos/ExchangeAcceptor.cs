using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using MfaGateway.SignOn.Kerberos.Gssapi;

namespace MfaGateway.InteropTests.Kerberos;

/// <summary>
/// A mail server that signs people on as IIS does with Windows authentication and Extended Protection on: MIT's acceptor checks the token and that it was made
/// for this server's certificate, the connection stays signed on, and everybody without a token on a fresh connection gets 401.
/// </summary>
internal sealed class ExchangeAcceptor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Acceptor _acceptor;
    private readonly byte[] _binding;
    private readonly Lock _lock = new();
    private int _tokens;

    private ExchangeAcceptor(WebApplication app, Acceptor acceptor, byte[] binding) => (_app, _acceptor, _binding) = (app, acceptor, binding);

    public string Address => _app.Urls.Single();

    /// <summary>How many tokens were accepted.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <param name="certificate">RSA with SHA-256.</param>
    /// <param name="keytab">The service's key.</param>
    public static async Task<ExchangeAcceptor> StartAsync(X509Certificate2 certificate, string keytab)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        // written out here, so that it does not agree with the gateway's own reckoning by construction (RFC 5929 section 4.1)
        byte[] binding = [.. Encoding.ASCII.GetBytes("tls-server-end-point:"), .. SHA256.HashData(certificate.RawData)];
        var server = new ExchangeAcceptor(app, new Acceptor(keytab), binding);
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
        var connection = context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        if (context.Request.Headers.Authorization is [{ } header] && header.StartsWith("Negotiate ", StringComparison.Ordinal))
        {
            try
            {
                Acceptor.Accepted accepted;
                lock (_lock) accepted = _acceptor.Accept(Convert.FromBase64String(header["Negotiate ".Length..]), _binding);
                if (!accepted.Bound) throw new InvalidOperationException("The token is not tied to a connection.");
                connection["user"] = accepted.User;
                Interlocked.Increment(ref _tokens);
                context.Response.Headers.WWWAuthenticate = $"Negotiate {Convert.ToBase64String(accepted.Answer)}";
                context.Response.Headers["Persistent-Auth"] = "true";
            }
            catch (Exception e) when (e is GssException or InvalidOperationException)
            {
                connection.Remove("user");
            }
        }

        if (connection.TryGetValue("user", out var user)) return context.Response.WriteAsync($"Exchange shows {context.Request.Path} to {user}");
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Negotiate";
        return Task.CompletedTask;
    }
}
