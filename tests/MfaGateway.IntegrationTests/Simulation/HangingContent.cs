using System.Net;
using System.Text;
using System.Threading.Channels;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>An answer that goes on until its receiver hangs up.</summary>
internal sealed class HangingContent : HttpContent
{
    public const string First = "<script>0</script>";

    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();

    public HangingContent() => Send(First);

    public void Send(string frame) => _frames.Writer.TryWrite(Encoding.ASCII.GetBytes(frame));

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new FrameStream(_frames.Reader));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class FrameStream(ChannelReader<byte[]> frames) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await frames.WaitToReadAsync(cancellationToken);
            if (buffer.Length == 0 || !frames.TryRead(out var frame)) return 0; // the forwarder asks for nothing first, to wait without a buffer
            frame.CopyTo(buffer);
            return frame.Length;
        }
    }
}
