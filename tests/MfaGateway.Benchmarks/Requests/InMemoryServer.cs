using MfaGateway.Exchange;
using MfaGateway.Sessions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MfaGateway.Benchmarks.Requests;

/// <summary>A server without sockets: hands requests to an application, and drops the answers.</summary>
internal sealed class InMemoryServer : IServer
{
    private readonly LastHandle _last = new(); // as on a connection that is kept
    private readonly LastCookies _lastCookies = new();
    private Func<IFeatureCollection, Task>? _process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _process = async features =>
        {
            var context = application.CreateContext(features);
            await application.ProcessRequestAsync(context);
            application.DisposeContext(context, null);
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>One GET, from its first header to the end of its answer.</summary>
    /// <returns>The answer's status.</returns>
    public async Task<int> GetAsync(string target, IHeaderDictionary headers)
    {
        var features = new FeatureCollection();
        var response = new HttpResponseFeature();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = "GET", Scheme = "https", Protocol = "HTTP/1.1", Path = target, RawTarget = target, Headers = headers,
        });
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = OwaTraffic.Client });
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IHttpRequestIdentifierFeature>(new HttpRequestIdentifierFeature { TraceIdentifier = "benchmark" });
        features.Set(_last);
        features.Set(_lastCookies);
        await _process!(features);
        return response.StatusCode;
    }

    public void Dispose()
    {
    }
}
