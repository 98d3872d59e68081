namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>So many bytes, made while they are read.</summary>
internal sealed class PatternStream(long length, bool knowsLength = true) : ReadOnlyStream
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _at;

    /// <summary>Ends when its reader closes it.</summary>
    public Task Closed => _closed.Task;

    /// <summary>After so many bytes it waits for this.</summary>
    public long PauseAt { get; init; } = long.MaxValue;

    public Task Until { get; init; } = Task.CompletedTask;

    public override bool CanSeek => knowsLength;

    public override long Length => knowsLength ? length : throw new NotSupportedException();

    public override long Position { get => _at; set => _at = value; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at >= PauseAt) await Until.WaitAsync(cancellationToken);
        var count = (int)Math.Min(buffer.Length, length - _at);
        buffer.Span[..count].Fill((byte)'x');
        _at += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _closed.TrySetResult();
        base.Dispose(disposing);
    }
}
