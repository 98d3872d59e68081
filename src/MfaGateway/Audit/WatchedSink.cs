using Microsoft.Extensions.Logging;

namespace MfaGateway.Audit;

/// <summary>A sink, and whether it keeps what it is given: one line in the log when it stops doing so, and one when it does again.</summary>
internal sealed class WatchedSink(IAuditSink sink, AuditSinkOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>A disk that is nearly full takes a short line between two long ones; that is no end of the trouble.</summary>
    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(1);

    private readonly Lock _state = new();
    private volatile bool _failing;
    private volatile bool _proven;
    private long _lastFailure;
    private int _lost;

    public bool Required => options.Required;

    public bool IsFailing => _failing;

    public async Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            await sink.WriteAsync(auditEvent, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(e, lost: 1);
            throw;
        }

        _proven = true;
        if (_failing) Kept(began);
    }

    /// <summary>Whether it would keep a line. It is asked when it has kept none yet, and when it did not keep the last one.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (_proven && !_failing) return true;
        var began = time.GetTimestamp();
        try
        {
            await sink.ProbeAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(e, lost: 0);
            return false;
        }

        _proven = true;
        if (_failing) Kept(began);
        return !_failing;
    }

    public ValueTask DisposeAsync() => sink.DisposeAsync();

    private void Failed(Exception e, int lost)
    {
        lock (_state)
        {
            (_lastFailure, _lost) = (time.GetTimestamp(), _lost + lost);
            if (_failing) return;
            _failing = true;
        }

        logger.SinkFailed(options.Kind!, options.Required, e);
    }

    private void Kept(long began)
    {
        int lost;
        lock (_state)
        {
            if (!_failing || began <= _lastFailure || time.GetElapsedTime(_lastFailure) < _calm) return;
            (lost, _lost, _failing) = (_lost, 0, false);
        }

        logger.SinkBack(options.Kind!, lost);
    }
}
