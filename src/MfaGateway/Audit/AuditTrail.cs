using MfaGateway.Configuration;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Audit;

/// <summary>Records events in every sink. A required sink that fails stops the request; another one costs a log line.</summary>
internal sealed class AuditTrail : IAsyncDisposable
{
    private readonly List<(IAuditSink Sink, AuditSinkOptions Options)> _sinks = [];
    private readonly ILogger<AuditTrail> _logger;
    private readonly TimeProvider _time;
    private volatile bool _failing;

    public AuditTrail(GatewaySettings settings, IEnumerable<IAuditSinkFactory> factories, TimeProvider time, ILogger<AuditTrail> logger)
    {
        (_logger, _time) = (logger, time);
        var byKind = factories.ToDictionary(f => f.Kind, StringComparer.OrdinalIgnoreCase);
        foreach (var sink in settings.Current.Audit.Sinks) _sinks.Add((byKind[sink.Kind!].Create(sink), sink));
    }

    /// <summary>A required sink failed at the last line; nothing is forwarded until a line is kept again.</summary>
    public bool IsFailing => _failing;

    /// <summary>Records what happens to a request.</summary>
    /// <exception cref="AuditFailedException">A required sink cannot keep the event.</exception>
    public Task RecordAsync(Microsoft.AspNetCore.Http.HttpContext context, string action, bool success, string? reason, CancellationToken cancellationToken) =>
        RecordAsync(AuditEvent.Of(context, action, success, reason, _time.GetUtcNow()), cancellationToken);

    /// <summary>Records an event.</summary>
    /// <exception cref="AuditFailedException">A required sink cannot keep it.</exception>
    public async Task RecordAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        foreach (var (sink, options) in _sinks)
        {
            try
            {
                await sink.WriteAsync(auditEvent, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _logger.SinkFailed(options.Kind!, options.Required, e);
                if (!options.Required) continue;
                _failing = true;
                throw new AuditFailedException(e);
            }
        }

        _failing = false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (sink, _) in _sinks) await sink.DisposeAsync();
    }
}

/// <summary>A required audit sink does not keep what it was given; the caller gets 503 and nothing is forwarded.</summary>
internal sealed class AuditFailedException(Exception cause) : Exception("A required audit sink failed.", cause);
