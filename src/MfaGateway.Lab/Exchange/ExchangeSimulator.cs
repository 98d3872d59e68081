using System.Security.Cryptography.X509Certificates;
using MfaGateway.Lab.Estate;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MfaGateway.Lab.Exchange;

/// <summary>A stand-in for one Exchange server. Can be started on its own.</summary>
internal sealed class ExchangeSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ExchangeSimulator(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Origin, for example <c>https://127.0.0.1:8453</c>.</summary>
    public Uri Address { get; }

    /// <summary>What it received; tests in the same process need no control door.</summary>
    public RequestLog Requests => _app.Services.GetRequiredService<RequestLog>();

    /// <summary>How it misbehaves.</summary>
    public BehaviourSwitch Behaviour => _app.Services.GetRequiredService<BehaviourSwitch>();

    /// <param name="number">From 0.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="certificate">What it shows.</param>
    /// <param name="authentication">How people are signed on; null: whoever comes is served.</param>
    /// <param name="logging">Where its log goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ExchangeSimulator> StartAsync(
        int number, Uri address, X509Certificate2 certificate, WindowsAuthentication? authentication, Action<ILoggingBuilder>? logging, CancellationToken cancellationToken)
    {
        var builder = LoopbackServer.CreateBuilder(address, certificate, logging, Http11);
        builder.WebHost.ConfigureKestrel(LikeIis);
        builder.Services.AddSingleton(new ServerIdentity(number)).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RequestLog>().AddSingleton<BehaviourSwitch>().AddSingleton<FrontEnd>().AddSingleton<NotificationChannel>();
        if (authentication is not null) builder.Services.AddSingleton(authentication);
        builder.Services.AddRouting();
        var app = builder.Build();
        var frontEnd = app.Services.GetRequiredService<FrontEnd>();
        app.Use(next => context => frontEnd.InvokeAsync(context, next));
        app.UseRouting();
        app.MapOwa();
        app.MapEcp();
        await app.StartAsync(cancellationToken);
        return new ExchangeSimulator(app, address);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Exchange behind a gateway speaks HTTP/1.1: Windows authentication does not work over HTTP/2.</summary>
    private static void Http11(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;

    private static void LikeIis(KestrelServerOptions kestrel)
    {
        kestrel.Limits.MaxRequestBodySize = null; // the front end has its own limit
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2); // the IIS default
        kestrel.Limits.MaxRequestHeadersTotalSize = 65_536;
        kestrel.Limits.MaxRequestLineSize = 16_384; // MaxRequestBytes of HTTP.sys
    }
}
