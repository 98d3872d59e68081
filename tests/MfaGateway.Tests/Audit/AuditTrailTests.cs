using MfaGateway.Audit;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Audit;

public class AuditTrailTests
{
    private static readonly AuditEvent Event = new() { Timestamp = DateTimeOffset.UnixEpoch, Action = AuditActions.SignIn, Outcome = "success", Id = "1" };

    private readonly FakeTimeProvider _time = new();
    private readonly KeptLog<AuditTrail> _log = new();

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sink_that_fails_and_is_well_again_is_one_line_each_in_the_log(bool required)
    {
        var sink = new MemorySink();
        await using var trail = Trail((sink, required));

        sink.Failure = new IOException("full");
        for (var n = 0; n < 5; n++) await Record.ExceptionAsync(() => trail.RecordAsync(Event, TestContext.Current.CancellationToken));
        sink.Failure = null;
        for (var n = 0; n < 5; n++)
        {
            await trail.RecordAsync(Event, TestContext.Current.CancellationToken); // a full disk may take a short line: no end yet
            Assert.Equal([7001], _log.Ids);
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        for (var n = 0; n < 5; n++) await trail.RecordAsync(Event, TestContext.Current.CancellationToken);

        Assert.Equal([7001, 7002], _log.Ids);
    }

    [Fact]
    public async Task A_gateway_that_cannot_record_is_not_ready_until_it_can_although_nobody_asks()
    {
        var sink = new MemorySink();
        await using var trail = Trail((sink, true));
        Assert.True(await trail.AnswersAsync(TestContext.Current.CancellationToken));

        sink.Failure = new IOException("full");
        await Record.ExceptionAsync(() => trail.RecordAsync(Event, TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await trail.AnswersAsync(TestContext.Current.CancellationToken));
        sink.Failure = null;
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(await trail.AnswersAsync(TestContext.Current.CancellationToken));
        Assert.False(trail.IsFailing);
    }

    [Fact]
    public async Task A_sink_that_never_worked_is_noticed_before_the_first_request()
    {
        await using var trail = Trail((new MemorySink { Failure = new IOException("no such folder") }, true));

        Assert.False(await trail.AnswersAsync(TestContext.Current.CancellationToken));

        Assert.Equal([7001], _log.Ids);
    }

    [Fact]
    public async Task Sinks_are_closed_with_the_trail()
    {
        var sink = new MemorySink();

        await Trail((sink, true)).DisposeAsync();

        Assert.True(sink.Closed);
    }

    private AuditTrail Trail(params (MemorySink Sink, bool Required)[] sinks)
    {
        var options = Settings.Options(o =>
        {
            o.Audit.Sinks.Clear();
            for (var n = 0; n < sinks.Length; n++) o.Audit.Sinks.Add(new AuditSinkOptions { Kind = $"sink{n}", Required = sinks[n].Required });
        });
        return new AuditTrail(
            Settings.Of(options), sinks.Select((sink, n) => new Factory($"SINK{n}", sink.Sink)), _time, _log);
    }

    private sealed record Factory(string Kind, IAuditSink Sink) : IAuditSinkFactory
    {
        public IAuditSink Create(AuditSinkOptions options) => Sink;
    }

    private sealed class MemorySink : IAuditSink
    {
        public List<AuditEvent> Events { get; } = [];

        public Exception? Failure { get; set; }

        public bool Closed { get; private set; }

        public Task WriteAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
        {
            if (Failure is not null) throw Failure;
            Events.Add(auditEvent);
            return Task.CompletedTask;
        }

        public Task ProbeAsync(CancellationToken cancellationToken) => Failure is null ? Task.CompletedTask : Task.FromException(Failure);

        public ValueTask DisposeAsync()
        {
            Closed = true;
            return ValueTask.CompletedTask;
        }
    }
}
