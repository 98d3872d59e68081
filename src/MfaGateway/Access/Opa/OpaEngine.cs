using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Security;
using System.Security.Cryptography;
using MfaGateway.Configuration;
using MfaGateway.Policy;
using MfaGateway.SignIn;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace MfaGateway.Access.Opa;

/// <summary>
/// Decides by asking an Open Policy Agent over its Data API (<c>POST /v1/data/{path}</c>). Fails closed: unreachable, too slow, an error, an undefined rule
/// and a malformed answer are all "no answer", never "allow". When answers stay away, it stops asking for a while, so that nobody waits for a dead agent.
/// </summary>
internal sealed class OpaEngine : IPolicyEngine, IDisposable
{
    public const string EngineName = "opa";

    /// <summary>Over which time failures are counted.</summary>
    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);

    /// <summary>An answer names a decision and some rules; more is not one.</summary>
    private const int MostAnswerBytes = 65_536;

    private readonly OpaOptions _options;
    private readonly SocketsHttpHandler _connections;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;
    private readonly Uri _rule;
    private readonly Uri _health;

    /// <param name="options">Validated.</param>
    /// <param name="settings">Where relative paths in them begin.</param>
    /// <param name="time">For time limit and breaker.</param>
    /// <param name="logger">Says when the breaker opens and closes.</param>
    /// <exception cref="IOException">The file of trusted certificates cannot be read.</exception>
    /// <exception cref="CryptographicException">It holds no certificates.</exception>
    public OpaEngine(OpaOptions options, GatewaySettings settings, TimeProvider time, ILogger<OpaEngine> logger)
    {
        _options = options;
        _connections = Sockets(options, settings);
        _http = new HttpClient(_connections)
        {
            Timeout = Timeout.InfiniteTimeSpan, // the pipeline keeps the time
            MaxResponseContentBufferSize = MostAnswerBytes,
        };
        _pipeline = Pipeline(options, time, logger);
        var origin = options.Url!.GetLeftPart(UriPartial.Authority);
        (_rule, _health) = (new Uri($"{origin}/v1/data/{options.Path}"), new Uri($"{origin}/health"));
    }

    public string Name => EngineName;

    /// <summary>Whether this engine was made of these settings.</summary>
    public bool IsOf(OpaOptions options) => ReferenceEquals(options, _options);

    public async ValueTask<EngineDecision> DecideAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(static (state, token) => state.Engine.AskAsync(state.Request, token), (Engine: this, Request: request), cancellationToken);
        }
        catch (BrokenCircuitException e)
        {
            throw new PolicyEngineException($"Open Policy Agent is not asked for {_options.BreakFor.TotalSeconds} seconds, because too many answers stayed away.", e) { Announced = true };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ExecutionRejectedException or PolicyEngineException)
        {
            throw new PolicyEngineException($"Open Policy Agent has no answer: {e.Message.TrimEnd('.')}.", e);
        }
    }

    public async ValueTask<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            using var message = Message(HttpMethod.Get, _health);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _connections.Dispose();
    }

    private async ValueTask<EngineDecision> AskAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, _rule);
        message.Content = new ReadOnlyMemoryContent(OpaInput.Write(request)) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        using var response = await _http.SendAsync(message, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.StatusCode is HttpStatusCode.OK) return OpaAnswer.Read(body, request);
        throw new PolicyEngineException($"it answered {(int)response.StatusCode} {OpaAnswer.CodeOf(body)}".TrimEnd());
    }

    private static SocketsHttpHandler Sockets(OpaOptions options, GatewaySettings settings) => new()
    {
        AllowAutoRedirect = false, // a redirect would carry facts and token away
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.Timeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows DNS and renewed certificates
        SslOptions = TrustedRoots.Apply(new SslClientAuthenticationOptions(), options.TrustedCertificates is { } file ? settings.Resolve(file) : null),
    };

    private HttpRequestMessage Message(HttpMethod method, Uri address)
    {
        var message = new HttpRequestMessage(method, address);
        if (_options.BearerToken is { } token) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        return message;
    }

    /// <summary>The breaker is outside, so that an answer that came too late counts as none.</summary>
    private static ResiliencePipeline Pipeline(OpaOptions options, TimeProvider time, ILogger logger) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = options.BreakAfter,
            SamplingDuration = _window,
            BreakDuration = options.BreakFor,
            OnOpened = opened =>
            {
                logger.EngineGivenUp(EngineName, opened.BreakDuration, opened.Outcome.Exception?.Message ?? "");
                return ValueTask.CompletedTask;
            },
            OnClosed = _ =>
            {
                logger.EngineBack(EngineName);
                return ValueTask.CompletedTask;
            },
        })
        .AddTimeout(options.Timeout)
        .Build();
}
