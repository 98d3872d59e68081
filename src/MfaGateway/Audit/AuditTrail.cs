using MfaGateway.Configuration;
using Microsoft.Extensions.Logging;

namespace MfaGateway.Audit;

/// <summary>Records events in every sink. A required sink that fails stops the request; another one costs a log line.</summary>
internal sealed class AuditTrail : IAsyncDisposable
{
    private readonly List<WatchedSink> _sinks = [];
    private readonly TimeProvider _time;

    public AuditTrail(GatewaySettings settings, IEnumerable<IAuditSinkFactory> factories, TimeProvider time, ILogger<AuditTrail> logger)
    {
        _time = time;
        var byKind = factories.ToDictionary(f => f.Kind, StringComparer.OrdinalIgnoreCase);
        foreach (var sink in settings.Current.Audit.Sinks) _sinks.Add(new WatchedSink(byKind[sink.Kind!].Create(sink), sink, time, logger));
    }

    /// <summary>A required sink failed; until it is well again every request has a line of its own, and is forwarded only when that is kept.</summary>
    public bool IsFailing => _sinks.Exists(sink => sink is { Required: true, IsFailing: true });

    /// <summary>Whether every required sink would keep a line.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        foreach (var sink in _sinks.Where(sink => sink.Required))
        {
            if (!await sink.AnswersAsync(cancellationToken)) return false;
        }

        return true;
    }

    /// <summary>Records what happens to a request.</summary>
    /// <exception cref="AuditFailedException">A required sink cannot keep the event.</exception>
    public Task RecordAsync(Microsoft.AspNetCore.Http.HttpContext context, string action, bool success, string? reason, CancellationToken cancellationToken) =>
        RecordAsync(AuditEvent.Of(context, action, success, reason, _time.GetUtcNow()), cancellationToken);

    /// <summary>Records an event.</summary>
    /// <exception cref="AuditFailedException">A required sink cannot keep it.</exception>
    public async Task RecordAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        foreach (var sink in _sinks)
        {
            try
            {
                await sink.WriteAsync(auditEvent, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (sink.Required) throw new AuditFailedException(e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sink in _sinks) await sink.DisposeAsync();
    }
}

/// <summary>A required audit sink does not keep what it was given; the caller gets 503 and nothing is forwarded.</summary>
internal sealed class AuditFailedException(Exception cause) : Exception("A required audit sink failed.", cause);
