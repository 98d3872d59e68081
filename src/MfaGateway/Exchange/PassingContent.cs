using System.Net;

namespace MfaGateway.Exchange;

/// <summary>The body of an answer on its way through, with somebody who looks on: each read goes through <see cref="ReadAsync"/>.</summary>
internal abstract class PassingContent : HttpContent
{
    private readonly HttpContent _inner;

    protected PassingContent(HttpContent inner)
    {
        _inner = inner;
        foreach (var (name, values) in inner.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Reads the next bytes; 0 at the end, and when the forwarder waits with an empty buffer.</summary>
    protected abstract ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Nobody reads any more. Called once or more.</summary>
    protected virtual void Closed()
    {
    }

    protected sealed override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected sealed override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new Body(this, await _inner.ReadAsStreamAsync(cancellationToken));

    protected sealed override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected sealed override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var body = await CreateContentReadStreamAsync(cancellationToken);
        await body.CopyToAsync(stream, cancellationToken);
    }

    protected sealed override bool TryComputeLength(out long length)
    {
        length = 0;
        return false; // the server's own Content-Length was copied, if it sent one
    }

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            Closed();
        }

        base.Dispose(disposing);
    }

    private sealed class Body(PassingContent content, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => content.ReadAsync(inner, buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                content.Closed();
            }

            base.Dispose(disposing);
        }
    }
}
