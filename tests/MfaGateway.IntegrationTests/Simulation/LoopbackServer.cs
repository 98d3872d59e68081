using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>A real https server on loopback, for what only real connections show: redirects, compression, certificates.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly IHost _host;

    private LoopbackServer(IHost host) => _host = host;

    /// <summary>Answers requests; null answers 404.</summary>
    public Func<HttpContext, Task<bool>>? Handler { get; set; }

    /// <summary>Answers what the handler leaves, as this provider does.</summary>
    public MisbehavingProvider? Provider { get; set; }

    /// <summary>The addresses that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public string Origin { get; private set; } = "";

    public static async Task<LoopbackServer> StartAsync()
    {
        LoopbackServer? server = null;
        var host = new HostBuilder().ConfigureWebHost(web => web
            .UseKestrel(kestrel =>
            {
                kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(TestCertificate.Certificate));
            })
            .Configure(app => app.Run(context => server!.AnswerAsync(context)))).Build();
        server = new LoopbackServer(host);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Origin = $"https://localhost:{new Uri(address).Port}";
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Asked.Enqueue(context.Request.GetEncodedPathAndQuery());
        if (Handler is not null && await Handler(context)) return;
        if (Provider is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.GetEncodedUrl());
        request.Content = new StreamContent(context.Request.Body);
        using var answer = await Provider.AnswerAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
