using System.Net;
using System.Text;
using MfaGateway.Audit;
using MfaGateway.Configuration;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.Fuzz;

/// <summary>The whole gateway without sockets, and one sign-in that is under way in it.</summary>
internal sealed class WholeGateway
{
    private readonly TestServer _server;
    private readonly SessionRegistry _sessions;

    private WholeGateway(IHost host)
    {
        _server = host.GetTestServer();
        _sessions = host.Services.GetRequiredService<SessionRegistry>();
    }

    /// <summary>The state of the sign-in under way.</summary>
    public string State { get; private set; } = "";

    private string Nonce { get; set; } = "";

    private string LoginCookie { get; set; } = "";

    public static async Task<WholeGateway> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mfagw-fuzz-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "policy.json"), """{ "version": 1, "rules": [ { "id": "staff", "effect": "permit", "demand": { "mfa": true } } ] }""");
        var options = new GatewayOptions
        {
            PublicOrigin = new Uri("https://mail.contoso.com"),
            DataDirectory = folder,
            Providers = { ["other"] = ProviderStandIn.Options },
            Exchange = new() { Servers = { "https://ex1.contoso.test" } },
            Sessions = new() { Store = "Memory" },
            Limits = new() { AddressRequestsPerMinute = 100_000_000, SignInsPerMinute = 100_000 }, // the most there is
            Policy = new() { Path = "policy.json" },
            Audit = new() { Sinks = { new AuditSinkOptions { Kind = "Forgetful" } } },
        };
        var provider = new ProviderStandIn();
        var host = new HostBuilder().ConfigureWebHost(web => web.UseTestServer().Configure(app => app.UseGateway()).ConfigureServices(services =>
        {
            services.AddSingleton<TimeProvider>(new StoppedClock());
            services.AddSingleton<IAuditSinkFactory, Forgetful>();
            services.AddSingleton(new GatewayTransports { BackChannel = _ => provider, Exchange = () => new NoExchange() });
            services.AddGateway(options, new ConfigurationSources { Files = [Path.Combine(folder, "gateway.json")] });
        })).Build();
        await host.StartAsync();
        var gateway = new WholeGateway(host);
        await gateway.BeginSignInAsync();
        provider.IdToken = () => SignedText.Token($$"""good{{'\n'}}{"alg":"ES256","kid":"key"}{{'\n'}}{{SignedText.GoodClaims.Replace("nonce-of-the-sign-in", gateway.Nonce, StringComparison.Ordinal)}}""", out _);
        return gateway;
    }

    /// <summary>Posts a form, with the cookie of the sign-in under way.</summary>
    /// <returns>The status, and whether a session came about; that session has ended when this returns.</returns>
    public async Task<(int Status, bool SignedIn)> PostAsync(string path, byte[] form)
    {
        var context = await _server.SendAsync(request =>
        {
            Ask(request, "POST", path);
            request.Request.ContentType = "application/x-www-form-urlencoded";
            request.Request.ContentLength = form.Length;
            request.Request.Body = new MemoryStream(form);
            request.Request.Headers.Cookie = LoginCookie;
        });
        var cookie = context.Response.Headers.SetCookie.FirstOrDefault(line => line!.StartsWith("__Host-mfagw=", StringComparison.Ordinal))?.Split('=', ';')[1];
        if (SessionHandle.From(cookie) is not { } handle)
            return (context.Response.StatusCode, false);
        await _sessions.EndAsync(handle.Key(), CancellationToken.None);
        return (context.Response.StatusCode, true);
    }

    private async Task BeginSignInAsync()
    {
        var context = await _server.SendAsync(request =>
        {
            Ask(request, "GET", "/owa/");
            request.Request.Headers.Accept = "text/html";
        });
        var asked = QueryHelpers.ParseQuery(new Uri(context.Response.Headers.Location.ToString()).Query);
        (State, Nonce) = (asked["state"].ToString(), asked["nonce"].ToString());
        LoginCookie = context.Response.Headers.SetCookie.ToString().Split(';')[0];
    }

    private static void Ask(HttpContext context, string method, string path)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Method, request.Scheme, request.Path, request.RawTarget) = (method, "https", path, path);
        context.Request.Host = new HostString("mail.contoso.com");
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
    }

    private sealed class NoExchange : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("", Encoding.UTF8) });
    }
}
