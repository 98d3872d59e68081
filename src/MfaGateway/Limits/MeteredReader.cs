using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace MfaGateway.Limits;

/// <summary>A connection's input that tells how many idle HTTP/2 frames were taken from it.</summary>
/// <param name="input">The connection's input.</param>
/// <param name="idleFrames">Is told a number above zero.</param>
internal sealed class MeteredReader(PipeReader input, Action<int> idleFrames) : PipeReader
{
    private readonly FrameMeter _meter = new();
    private ReadOnlySequence<byte> _offered;

    public override bool TryRead(out ReadResult result)
    {
        if (!input.TryRead(out result)) return false;
        _offered = result.Buffer;
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
        _offered = default;
        input.AdvanceTo(consumed, examined);
        if (idle > 0) idleFrames(idle);
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // a read waits for every request of a connection
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read) => Offer(await read);

    private ReadResult Offer(ReadResult result)
    {
        _offered = result.Buffer;
        return result;
    }
}
