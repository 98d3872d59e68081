using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace MfaGateway.Limits;

/// <summary>A connection's input that tells how many idle HTTP/2 frames were taken from it, and whether its sender has gone.</summary>
/// <param name="input">The connection's input.</param>
/// <param name="idleFrames">Is told a number above zero.</param>
/// <param name="time">The clock.</param>
internal sealed class MeteredReader(PipeReader input, Action<int> idleFrames, TimeProvider time) : PipeReader
{
    private readonly FrameMeter _meter = new();
    private bool _ended;
    private ReadOnlySequence<byte> _offered;

    /// <summary>When something other than a ping last came, as the clock's time stamp.</summary>
    public long LastInput { get; private set; } = time.GetTimestamp();

    /// <summary>Whether the sender has ended the connection, or said that it will.</summary>
    public bool IsLeft => _meter.HasGoodbye || _ended;

    public override bool TryRead(out ReadResult result)
    {
        if (!input.TryRead(out result)) return false;
        result = Offer(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = input.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new(Offer(read.Result)) : WaitAsync(read);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var idle = _meter.Count(_offered.Slice(0, consumed));
        if (!_meter.EndsWithPing) LastInput = time.GetTimestamp();
        _offered = default;
        input.AdvanceTo(consumed, examined);
        if (idle > 0) idleFrames(idle);
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // a read waits for every request of a connection
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return Offer(await read);
        }
        catch (IOException)
        {
            _ended = true; // cut off
            throw;
        }
    }

    private ReadResult Offer(ReadResult result)
    {
        _offered = result.Buffer;
        _ended |= result.IsCompleted;
        return result;
    }
}
