using System.Buffers.Binary;
using System.Net.Security;
using System.Text;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>Writes HTTP/2 frames (RFC 9113, 6) as they are, for what no HTTP client would send.</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    public const byte Data = 0x0, Headers = 0x1, Priority = 0x2, ResetStream = 0x3, Settings = 0x4, Ping = 0x6, WindowUpdate = 0x8, Continuation = 0x9;
    public const byte EndStream = 0x1, EndHeaders = 0x4;

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE 0: no byte of an answer until it is asked for (RFC 9113, 6.9.2).</summary>
    public static readonly byte[] NoWindow = [0, 4, 0, 0, 0, 0];

    private static readonly byte[] _preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly SslStream _stream;

    private RawHttp2(SslStream stream) => _stream = stream;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Connects and sends the preface with these settings.</summary>
    public static async Task<RawHttp2> ConnectAsync(SimulatedNetwork network, params byte[] settings)
    {
        var stream = new SslStream(await network.ConnectAsync(Cancel));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "mail.contoso.com", ApplicationProtocols = [SslApplicationProtocol.Http2], RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            Cancel);
        var connection = new RawHttp2(stream);
        await stream.WriteAsync(_preface, Cancel);
        await connection.SendAsync(Frame(Settings, 0, 0, settings));
        return connection;
    }

    public static byte[] Frame(byte type, byte flags, int stream, params ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    /// <summary>A header block in which every field is a literal (RFC 7541, 6.2.2).</summary>
    public static byte[] Block(string method, string path, params (string Name, string Value)[] fields)
    {
        using var block = new MemoryStream();
        (string, string)[] all = [(":method", method), (":scheme", "https"), (":authority", "mail.contoso.com"), (":path", path), .. fields];
        foreach (var (name, value) in all) WriteLiteral(block, name, value);
        return block.ToArray();
    }

    /// <summary>One field as a literal that is not kept in the table.</summary>
    public static void WriteLiteral(Stream block, string name, string value)
    {
        block.WriteByte(0);
        WriteText(block, name);
        WriteText(block, value);
    }

    public async Task SendAsync(params byte[][] frames) => await _stream.WriteAsync(frames.SelectMany(frame => frame).ToArray(), Cancel);

    /// <summary>Sends again and again until the gateway has had enough; how often.</summary>
    public async Task<int> FloodAsync(Func<int, byte[]> next, int most)
    {
        for (var n = 0; n < most; n++)
        {
            try
            {
                await _stream.WriteAsync(next(n), Cancel);
            }
            catch (IOException)
            {
                return n;
            }
        }

        return most;
    }

    /// <summary>Reads until a stream is answered or reset; the type of that frame, or null when the connection ends before.</summary>
    public async Task<byte?> AnswerOrEndAsync(int stream)
    {
        try
        {
            while (await ReadAsync() is var (type, of))
            {
                if (of == stream && type is (Headers or ResetStream)) return type;
            }
        }
        catch (IOException)
        {
            // cut off
        }

        return null;
    }

    /// <summary>Reads until the connection ends.</summary>
    public async Task EndAsync()
    {
        try
        {
            while (await ReadAsync() is not null)
            {
            }
        }
        catch (IOException)
        {
            // cut off
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<(byte Type, int Stream)?> ReadAsync()
    {
        var head = new byte[9];
        if (await _stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, Cancel) < head.Length) return null;
        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await _stream.ReadExactlyAsync(payload, Cancel);
        return (head[3], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)));
    }

    private static void WriteText(Stream block, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.WriteByte((byte)bytes.Length);
        }
        else
        {
            block.WriteByte(127); // RFC 7541, 5.1: what does not fit into the prefix follows in groups of seven bits
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7) block.WriteByte((byte)(rest | 128));
            block.WriteByte((byte)rest);
        }

        block.Write(bytes);
    }
}
