using MfaGateway.Audit;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Tests.Audit;

public class AuditTrailTests
{
    private static readonly AuditEvent Event = new() { Timestamp = DateTimeOffset.UnixEpoch, Action = AuditActions.SignIn, Outcome = "success", Id = "1" };

    [Fact]
    public async Task Every_sink_gets_every_event()
    {
        var (first, second) = (new MemorySink(), new MemorySink());
        await using var trail = Trail((first, true), (second, false));

        await trail.RecordAsync(Event, TestContext.Current.CancellationToken);

        Assert.Equal([Event], first.Events);
        Assert.Equal([Event], second.Events);
    }

    [Fact]
    public async Task A_required_sink_that_fails_stops_the_request()
    {
        await using var trail = Trail((new MemorySink { Failure = new IOException("full") }, true));

        var failure = await Assert.ThrowsAsync<AuditFailedException>(() => trail.RecordAsync(Event, TestContext.Current.CancellationToken));

        Assert.IsType<IOException>(failure.InnerException);
    }

    [Fact]
    public async Task Any_other_sink_that_fails_does_not()
    {
        var kept = new MemorySink();
        await using var trail = Trail((new MemorySink { Failure = new IOException("full") }, false), (kept, true));

        await trail.RecordAsync(Event, TestContext.Current.CancellationToken);

        Assert.Equal([Event], kept.Events);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_no_failed_sink()
    {
        await using var trail = Trail((new MemorySink { Failure = new OperationCanceledException() }, true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trail.RecordAsync(Event, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sinks_are_closed_with_the_trail()
    {
        var sink = new MemorySink();

        await Trail((sink, true)).DisposeAsync();

        Assert.True(sink.Closed);
    }

    private static AuditTrail Trail(params (MemorySink Sink, bool Required)[] sinks)
    {
        var options = Settings.Options(o =>
        {
            o.Audit.Sinks.Clear();
            for (var n = 0; n < sinks.Length; n++) o.Audit.Sinks.Add(new AuditSinkOptions { Kind = $"sink{n}", Required = sinks[n].Required });
        });
        return new AuditTrail(
            Settings.Of(options), sinks.Select((sink, n) => new Factory($"SINK{n}", sink.Sink)), TimeProvider.System, NullLogger<AuditTrail>.Instance);
    }

    private sealed record Factory(string Kind, IAuditSink Sink) : IAuditSinkFactory
    {
        public IAuditSink Create(AuditSinkOptions options) => Sink;
    }

    private sealed class MemorySink : IAuditSink
    {
        public List<AuditEvent> Events { get; } = [];

        public Exception? Failure { get; init; }

        public bool Closed { get; private set; }

        public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
        {
            if (Failure is not null) throw Failure;
            Events.Add(auditEvent);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            Closed = true;
            return ValueTask.CompletedTask;
        }
    }
}
