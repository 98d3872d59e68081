using System.Buffers;
using System.Buffers.Binary;

namespace MfaGateway.Limits;

/// <summary>
/// Reads along in what an HTTP/2 client sends and counts the frames that carry no work: each costs the sender nine bytes and the server an answer or a clean-up
/// (CVE-2019-9512, -9515, -9518, CVE-2023-44487). Knows where frames begin and nothing else of the protocol: what is wrong the server finds itself.
/// </summary>
internal sealed class FrameMeter
{
    private const int PrefaceLength = 24; // RFC 9113, 3.4
    private const int PingLength = 8; // RFC 9113, 6.7
    private const int ShortestGoodbye = 8; // RFC 9113, 6.8
    private const int HeaderLength = 9; // RFC 9113, 4.1: three of length, one of type, one of flags, four of stream

    private readonly byte[] _header = new byte[HeaderLength];
    private int _known;
    private int _skip = PrefaceLength;

    private enum Frame : byte // RFC 9113, 6; RFC 9218, 7.1
    {
        Data = 0,
        Headers = 1,
        Ping = 6,
        Goodbye = 7, // GOAWAY
        WindowUpdate = 8,
        Continuation = 9,
        PriorityUpdate = 16,
    }

    /// <summary>Whether the sender said that it will leave (RFC 9113, 6.8).</summary>
    public bool HasGoodbye { get; private set; }

    /// <summary>Whether the last frame was a ping, which may answer the server's own.</summary>
    public bool EndsWithPing { get; private set; }

    /// <summary>How many frames without work begin or go on in these bytes; each is counted once, when its header is complete.</summary>
    public int Count(in ReadOnlySequence<byte> bytes)
    {
        var idle = 0;
        foreach (var segment in bytes)
        {
            for (var rest = segment.Span; !rest.IsEmpty;)
            {
                if (_skip > 0)
                {
                    var skipped = Math.Min(_skip, rest.Length);
                    _skip -= skipped;
                    rest = rest[skipped..];
                    continue;
                }

                var taken = Math.Min(HeaderLength - _known, rest.Length);
                rest[..taken].CopyTo(_header.AsSpan(_known));
                rest = rest[taken..];
                _known += taken;
                if (_known < HeaderLength) continue;
                _known = 0;
                _skip = (int)(BinaryPrimitives.ReadUInt32BigEndian(_header) >> 8);
                HasGoodbye |= (Frame)_header[3] is Frame.Goodbye && _skip >= ShortestGoodbye && Stream() == 0;
                EndsWithPing = (Frame)_header[3] is Frame.Ping && _skip == PingLength;
                if (!Works()) idle++;
            }
        }

        return idle;
    }

    /// <summary>Without the reserved bit (RFC 9113, 4.1).</summary>
    private uint Stream() => BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(5)) & 0x7fffffff;

    /// <summary>A download makes a browser send many window updates, a page many priorities.</summary>
    private bool Works() => (Frame)_header[3] switch
    {
        Frame.Headers or Frame.WindowUpdate or Frame.PriorityUpdate => true,
        Frame.Data => _skip > 0 || (_header[4] & 1) != 0, // END_STREAM, RFC 9113, 6.1
        Frame.Continuation => _skip > 0,
        _ => false,
    };
}
