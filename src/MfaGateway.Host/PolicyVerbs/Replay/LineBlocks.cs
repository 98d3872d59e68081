using System.Runtime.CompilerServices;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>Cuts a stream into blocks of whole lines, so that several can be judged at once and no more than a few are in memory.</summary>
/// <param name="stream">What is read.</param>
/// <param name="size">Size of a block, and so the longest line that is read, in bytes.</param>
internal sealed class LineBlocks(Stream stream, int size = LineBlocks.Size)
{
    /// <summary>The usual size. The gateway bounds every fact, so that its lines stay far below.</summary>
    public const int Size = 1_048_576;

    private byte[] _buffer = new byte[size];
    private int _filled;
    private int _lines;
    private long _offset;

    /// <summary>Where reading stands.</summary>
    /// <param name="file">Which file is read.</param>
    public LinePlace Place(int file) => new(file, _lines + 1, _offset);

    /// <summary>The blocks in the order of the stream.</summary>
    /// <exception cref="IOException">The stream cannot be read any further.</exception>
    /// <exception cref="InvalidDataException">It is compressed and damaged.</exception>
    public async IAsyncEnumerable<LineBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await stream.ReadAtLeastAsync(_buffer.AsMemory(_filled), _buffer.Length - _filled, throwOnEndOfStream: false, cancellationToken);
            var ended = _filled + read < _buffer.Length;
            _filled += read;
            var whole = ended ? _filled : _buffer.AsSpan(0, _filled).LastIndexOf((byte)'\n') + 1;
            if (whole > 0)
                yield return Take(whole);
            else if (!ended)
                yield return await SkipLineAsync(cancellationToken);
            if (ended)
                yield break;
        }
    }

    private LineBlock Take(int length)
    {
        var block = new LineBlock(_buffer.AsMemory(0, length), _lines + 1, _offset);
        var rest = new byte[size];
        _buffer.AsSpan(length, _filled - length).CopyTo(rest);
        _lines += block.Bytes.Span.Count((byte)'\n');
        _offset += length;
        (_buffer, _filled) = (rest, _filled - length);
        return block;
    }

    /// <summary>A line that does not fit: an empty block in its place, and the stream stands behind it.</summary>
    private async Task<LineBlock> SkipLineAsync(CancellationToken cancellationToken)
    {
        var block = new LineBlock(ReadOnlyMemory<byte>.Empty, _lines + 1, _offset);
        var end = -1;
        do
        {
            _offset += _filled;
            _filled = await stream.ReadAsync(_buffer, cancellationToken);
            end = _buffer.AsSpan(0, _filled).IndexOf((byte)'\n');
        }
        while (end < 0 && _filled > 0);

        _lines++;
        _offset += end + 1;
        _buffer.AsSpan(end + 1, _filled - end - 1).CopyTo(_buffer);
        _filled -= end + 1;
        return block;
    }
}

/// <summary>A few lines of a file.</summary>
/// <param name="Bytes">Whole lines; only the last of a file may lack its end. Empty for one line that is too long.</param>
/// <param name="FirstLine">The number of the first one, from 1.</param>
/// <param name="Offset">Where in the file it begins, in bytes.</param>
internal readonly record struct LineBlock(ReadOnlyMemory<byte> Bytes, int FirstLine, long Offset);
