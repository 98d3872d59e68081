using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>What came back on a stream of HTTP/2. Status 0: the stream or the connection was reset.</summary>
internal sealed record Http2Reply(int Status, string Body);

/// <summary>
/// Speaks HTTP/2 frame by frame (RFC 9113), for what no HTTP client would send. Every field goes as a literal without index and without Huffman coding
/// (RFC 7541, 6.2.2), so that any byte can be sent. One letter is one byte.
/// </summary>
internal sealed class Http2Wire : IAsyncDisposable
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, Continuation = 9;
    private const byte EndStream = 1, Acknowledged = 1, EndHeaders = 4;
    private const int MaxFrame = 16_384;

    private readonly Stream _connection;
    private readonly Dictionary<int, Http2Reply> _replies = [];
    private readonly HashSet<int> _ended = [];
    private int _nextStream = 1;
    private bool _closed;

    private Http2Wire(Stream connection) => _connection = connection;

    public static async Task<Http2Wire> OpenAsync(Stream connection)
    {
        var wire = new Http2Wire(connection);
        await connection.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Cancellation);
        await wire.WriteAsync(Settings, 0, 0, [0, 1, 0, 0, 0, 0]); // SETTINGS_HEADER_TABLE_SIZE 0: answers need no dynamic table to be read
        return wire;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The pseudo-header fields of a request and its other fields.</summary>
    public static (string Name, string Value)[] Request(string method, string path, params (string Name, string Value)[] fields) =>
        [(":method", method), (":scheme", "https"), (":authority", "mail.contoso.com"), (":path", path), .. fields];

    /// <summary>Sends a request and reads until it is answered or given up.</summary>
    /// <param name="fields">Everything of the header, pseudo-header fields too, in order.</param>
    /// <param name="body">Null for none.</param>
    /// <param name="trailers">Null for none.</param>
    public async Task<Http2Reply> SendAsync((string Name, string Value)[] fields, string? body = null, (string Name, string Value)[]? trailers = null) =>
        await ReadAsync(await WriteAsync(fields, body, trailers));

    /// <summary>Sends requests without waiting, then reads their answers.</summary>
    public async Task<IReadOnlyList<Http2Reply>> SendAllAsync(IEnumerable<(string Name, string Value)[]> requests)
    {
        var streams = new List<int>();
        foreach (var fields in requests) streams.Add(await WriteAsync(fields, null, null));
        var replies = new List<Http2Reply>();
        foreach (var stream in streams) replies.Add(await ReadAsync(stream));
        return replies;
    }

    private async Task<int> WriteAsync((string Name, string Value)[] fields, string? body, (string Name, string Value)[]? trailers)
    {
        var stream = _nextStream;
        _nextStream += 2;
        try
        {
            await WriteFieldsAsync(stream, fields, last: body is null && trailers is null);
            if (body is not null) await WriteAsync(Data, trailers is null ? EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(body));
            if (trailers is not null) await WriteFieldsAsync(stream, trailers, last: true);
        }
        catch (IOException)
        {
            _closed = true;
        }

        return stream;
    }

    private async Task<Http2Reply> ReadAsync(int stream)
    {
        while (!_ended.Contains(stream) && !_closed) await ReadFrameAsync();
        return _replies.GetValueOrDefault(stream) ?? new Http2Reply(0, "");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task WriteFieldsAsync(int stream, (string Name, string Value)[] fields, bool last)
    {
        using var block = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        var bytes = block.ToArray();
        for (var from = 0; from == 0 || from < bytes.Length; from += MaxFrame)
        {
            var part = bytes[from..Math.Min(bytes.Length, from + MaxFrame)];
            var end = from + part.Length == bytes.Length ? EndHeaders : (byte)0;
            await WriteAsync(from == 0 ? Headers : Continuation, (byte)(end | (from == 0 && last ? EndStream : 0)), stream, part);
        }
    }

    private static void WriteText(MemoryStream block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.WriteByte((byte)bytes.Length);
        }
        else
        {
            block.WriteByte(127);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest /= 128) block.WriteByte((byte)((rest % 128) + 128));
            block.WriteByte((byte)rest);
        }

        block.Write(bytes);
    }

    private async Task WriteAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _connection.WriteAsync(frame, Cancellation);
    }

    private async Task ReadFrameAsync()
    {
        var head = new byte[9];
        try
        {
            await _connection.ReadExactlyAsync(head, Cancellation);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await _connection.ReadExactlyAsync(payload, Cancellation);
            await TakeAsync(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
        }
        catch (IOException)
        {
            _closed = true; // ended or reset
        }
    }

    private async Task TakeAsync(byte type, byte flags, int stream, byte[] payload)
    {
        if (type == Settings && flags != Acknowledged) await WriteAsync(Settings, Acknowledged, 0, []);
        if (type == Ping && flags != Acknowledged) await WriteAsync(Ping, Acknowledged, 0, payload);
        if (type == GoAway) _closed = true;
        if (type == Headers && !_replies.ContainsKey(stream)) _replies[stream] = new Http2Reply(Status(payload), "");
        if (type == Data) _replies[stream] = _replies[stream] with { Body = _replies[stream].Body + Encoding.Latin1.GetString(payload) };
        if (type == Reset) _replies.TryAdd(stream, new Http2Reply(0, ""));
        if (type == Reset || (type is Data or Headers && (flags & EndStream) != 0)) _ended.Add(stream);
    }

    /// <summary><c>:status</c> is the first field: an index of the static table (RFC 7541, appendix A), or that name with a literal value; before it may stand a change of the table's size.</summary>
    private static int Status(ReadOnlySpan<byte> block)
    {
        while ((block[0] & 0xe0) == 0x20) block = block[1..];
        int[] indexed = [200, 204, 206, 304, 400, 404, 500];
        if ((block[0] & 0x80) != 0) return indexed[(block[0] & 0x7f) - 8];
        return int.Parse(Encoding.Latin1.GetString(block[2..5]), CultureInfo.InvariantCulture);
    }
}
