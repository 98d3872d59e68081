using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A request that reached a server with Windows authentication.</summary>
/// <param name="Connection">Of the connection.</param>
/// <param name="Method">The verb.</param>
/// <param name="Path">The path.</param>
/// <param name="WithToken">It carried a token.</param>
/// <param name="User">As whom it was served; null when it was refused.</param>
internal sealed record Accepted(string Connection, string Method, string Path, bool WithToken, string? User);

/// <summary>
/// An https server that signs people on by the CONNECTION, as IIS does with <c>authPersistNonNTLM</c>: the first good token on it decides, and whatever comes later is served
/// as that person. It requires the channel binding, as Extended Protection does.
/// </summary>
internal sealed class Acceptor : IAsyncDisposable
{
    public const string Service = "HTTP/mail.contoso.com";

    private const string User = "user";
    private const string Binding = "binding";

    private readonly TestRealm _realm;
    private IHost? _host;
    private int _signedOn;

    private Acceptor(TestRealm realm) => _realm = realm;

    public string Origin { get; private set; } = "";

    /// <summary>Shown to connections that are opened from now on.</summary>
    public X509Certificate2 Certificate { get; set; } = TestCertificate.Certificate;

    /// <summary>Serves requests without a token on a connection that had one, and says so.</summary>
    public bool Persistent { get; set; } = true;

    /// <summary>What it proves itself with; the default is right.</summary>
    public Func<Issued, string?> Proof { get; set; } = issued => $"Negotiate {Convert.ToBase64String(issued.Proof)}";

    /// <summary>Refuses everybody.</summary>
    public bool Refusing { get; set; }

    /// <summary>Forgets who signed on over its connections, as after a restart of the application pool.</summary>
    public bool Forgetful { get; set; }

    /// <summary>Takes tokens for the certificate of somebody else.</summary>
    public byte[]? ExpectedBinding { get; set; }

    /// <summary>Answers a request of a person instead; false leaves it to the server.</summary>
    public Func<HttpContext, string, Task<bool>>? Answer { get; set; }

    public ConcurrentQueue<Accepted> Requests { get; } = new();

    public ConcurrentQueue<string> Probes { get; } = new();

    /// <summary>Headers that a proxy must not bring.</summary>
    public ConcurrentQueue<string> Foreign { get; } = new();

    /// <summary>Open connections on which somebody is signed on.</summary>
    public int SignedOn => Volatile.Read(ref _signedOn);

    public static async Task<Acceptor> StartAsync(TestRealm realm)
    {
        var acceptor = new Acceptor(realm);
        acceptor._host = new HostBuilder().ConfigureWebHost(web => web
            .UseKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
                {
                    listen.Use(next => connection =>
                    {
                        // fires when the socket is shut down, so that the other end knows by then
                        connection.ConnectionClosed.Register(() => Interlocked.Add(ref acceptor._signedOn, connection.Items.ContainsKey(User) ? -1 : 0));
                        return next(connection);
                    });
                    listen.UseHttps(https => https.ServerCertificateSelector = (connection, _) =>
                    {
                        connection!.Items[Binding] = acceptor.ExpectedBinding ?? BindingOf(acceptor.Certificate);
                        return acceptor.Certificate;
                    });
                });
            })
            .Configure(app => app.Run(acceptor.AnswerAsync))).Build();
        await acceptor._host.StartAsync(TestContext.Current.CancellationToken);
        var address = acceptor._host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        acceptor.Origin = $"https://localhost:{new Uri(address).Port}";
        return acceptor;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _host!.StopAsync(now.Token);
        _host.Dispose();
    }

    /// <summary>By another way than the gateway's: these certificates are all signed with SHA-256.</summary>
    private static byte[] BindingOf(X509Certificate2 certificate) => [.. "tls-server-end-point:"u8, .. SHA256.HashData(certificate.RawData)];

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        foreach (var name in new[] { "Proxy-Authorization", "X-Remote-User" }.Where(context.Request.Headers.ContainsKey)) Foreign.Enqueue(name);
        if (path.EndsWith("/healthcheck.htm", StringComparison.Ordinal))
        {
            Probes.Enqueue($"{context.Connection.Id} {context.Request.Headers.Authorization}");
            return;
        }

        var (user, withToken) = SignOn(context);
        Requests.Enqueue(new Accepted(context.Connection.Id, context.Request.Method, path, withToken, user));
        if (user is null)
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.Append("WWW-Authenticate", "Negotiate");
            context.Response.Headers.Append("WWW-Authenticate", "NTLM");
            await context.Response.WriteAsync("refused by the server");
            return;
        }

        if (Answer is not null && await Answer(context, user)) return;
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.WriteAsync(user);
    }

    private (string? User, bool WithToken) SignOn(HttpContext context)
    {
        var items = context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        var header = context.Request.Headers.Authorization.ToString();
        if (Refusing) return (null, header.Length > 0);
        if (header.Length == 0) return (Persistent && !Forgetful ? items.TryGetValue(User, out var known) ? (string)known! : null : null, false);
        if (_realm.Redeem(header["Negotiate ".Length..]) is not { Service: Service } issued || !issued.Binding.AsSpan().SequenceEqual((byte[])items[Binding]!)) return (null, true);

        if (Proof(issued) is { } proof) context.Response.Headers.WWWAuthenticate = proof;
        if (!Persistent) return (issued.User, true);
        context.Response.Headers["Persistent-Auth"] = "true";
        if (items.TryAdd(User, issued.User)) Interlocked.Increment(ref _signedOn);
        return ((string)items[User]!, true);
    }
}
