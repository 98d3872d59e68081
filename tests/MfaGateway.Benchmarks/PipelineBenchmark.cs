using BenchmarkDotNet.Attributes;
using MfaGateway.Benchmarks.Requests;
using MfaGateway.Configuration;
using MfaGateway.Exchange;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace MfaGateway.Benchmarks;

/// <summary>A small GET of somebody who is signed in, through everything between the sockets, beside YARP and nothing else.</summary>
[MemoryDiagnoser]
public class PipelineBenchmark : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mfagw-benchmark-");
    private readonly InMemoryServer _plainServer = new();
    private readonly InMemoryServer _gatewayServer = new();
    private IHost _plain = null!; // set by SetupAsync
    private IHost _gateway = null!; // set by SetupAsync
    private IHeaderDictionary _headers = null!; // set by SetupAsync

    /// <summary>Starts both.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "policy.json"), OwaTraffic.Policy);
        _plain = Host(_plainServer, AddPlain, app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapReverseProxy()));
        _gateway = Host(_gatewayServer, AddGateway, app => app.UseGateway());
        await _plain.StartAsync();
        await _gateway.StartAsync();
        var now = _gateway.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var (handle, session) = await _gateway.Services.GetRequiredService<SessionRegistry>().CreateAsync(OwaTraffic.Person(now), CancellationToken.None);
        _headers = OwaTraffic.Headers(handle, scriptCall: false, _gateway.Services.GetRequiredService<MailboxRoute>().Protect(OwaTraffic.Route, session));
        if ((await PlainYarpAsync(), await GatewayAsync()) is not (200, 200)) throw new InvalidOperationException("The request must reach Exchange.");
    }

    /// <summary>What the gateway is measured against.</summary>
    [Benchmark(Baseline = true)]
    public Task<int> PlainYarpAsync() => _plainServer.GetAsync(OwaTraffic.SmallGet, _headers);

    /// <summary>Limits, shield, session, policy, headers in both directions.</summary>
    [Benchmark]
    public Task<int> GatewayAsync() => _gatewayServer.GetAsync(OwaTraffic.SmallGet, _headers);

    /// <summary>Stops both.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        _plain.Dispose();
        _gateway.Dispose();
        await Task.Yield();
        _folder.Delete(recursive: true);
    }

    private void AddGateway(IServiceCollection services) => services
        .AddSingleton(new GatewayTransports { Exchange = () => new AnsweringExchange() })
        .AddGateway(OwaTraffic.Options(), new ConfigurationSources { Files = [Path.Combine(_folder.FullName, "gateway.json")] });

    private static void AddPlain(IServiceCollection services)
    {
        services.AddRouting().AddSingleton<IForwarderHttpClientFactory, ToAnsweringExchange>().AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "exchange", Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig { ClusterId = "exchange", Destinations = new Dictionary<string, DestinationConfig> { ["ex1"] = new() { Address = "https://ex1.contoso.com" } } }]);
    }

    private static IHost Host(InMemoryServer server, Action<IServiceCollection> services, Action<IApplicationBuilder> pipeline) => new HostBuilder()
        .ConfigureWebHost(web => web.ConfigureServices(all => services(all.AddSingleton<IServer>(server))).Configure(pipeline))
        .Build();

    private sealed class ToAnsweringExchange : IForwarderHttpClientFactory
    {
        public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context) => new(new AnsweringExchange());
    }
}
