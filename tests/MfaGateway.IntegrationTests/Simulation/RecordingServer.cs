using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>One request as it stood on the wire, one letter for a byte.</summary>
internal sealed record RecordedRequest(string Line, IReadOnlyList<string> Fields, string Body)
{
    public string Target => Line.Split(' ')[1];

    public IEnumerable<string> Names => Fields.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);

    public string? Field(string name) =>
        Fields.SingleOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}

/// <summary>
/// An https server that keeps the bytes of what it gets and reads them as the grammar of RFC 9112 says, and not a bit more generously: what can be read in two ways
/// is a fault. It answers each request with its own request line and body, so that an answer to another one is seen.
/// </summary>
internal sealed partial class RecordingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public RecordingServer()
    {
        _listener.Start();
        Origin = $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    public string Origin { get; }

    /// <summary>Requests of people, in the order of their arrival.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    /// <summary>What broke the grammar.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>Further fields of the answer to a request, each with its line end.</summary>
    public Func<RecordedRequest, string>? Fields { get; set; }

    /// <summary>What this server answers to a request.</summary>
    public static string AnswerTo(RecordedRequest request) => $"{request.Line}\n{request.Body}";

    public void Clear()
    {
        Requests.Clear();
        Faults.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException) // the last: stopped between two connections
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        await using (var tls = new SslStream(client.GetStream()))
        {
            try
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificate.Certificate }, _stop.Token);
                await using var stream = new BufferedStream(tls);
                while (await ReadAsync(stream) is { } request)
                {
                    if (!request.Target.EndsWith("/healthcheck.htm", StringComparison.Ordinal)) Requests.Enqueue(request);
                    var body = request.Line.StartsWith("HEAD ", StringComparison.Ordinal) ? "" : AnswerTo(request);
                    await tls.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{Fields?.Invoke(request)}Content-Length: {body.Length}\r\n\r\n{body}"), _stop.Token);
                }
            }
            catch (InvalidDataException e)
            {
                Faults.Enqueue(e.Message);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException)
            {
                // the gateway has gone
            }
        }
    }

    private async Task<RecordedRequest?> ReadAsync(Stream stream)
    {
        if (await ReadLineAsync(stream, mayEnd: true) is not { } line) return null;
        if (!RequestLine().IsMatch(line)) throw new InvalidDataException($"request line: {line}");
        var fields = new List<string>();
        while (await ReadLineAsync(stream) is { Length: > 0 } field)
        {
            if (!FieldLine().IsMatch(field)) throw new InvalidDataException($"field: {field}");
            fields.Add(field);
        }

        var head = new RecordedRequest(line, fields, "");
        string? length, coding;
        try
        {
            (_, length, coding) = (head.Field("Host") ?? throw new InvalidDataException("no host"), head.Field("Content-Length"), head.Field("Transfer-Encoding"));
        }
        catch (InvalidOperationException)
        {
            throw new InvalidDataException($"a field that stands there twice: {string.Join(" | ", fields)}");
        }

        if (length is not null && coding is not null) throw new InvalidDataException("two lengths");
        if (coding is not null and not "chunked") throw new InvalidDataException($"coding: {coding}");
        if (length is not null && !Decimal().IsMatch(length)) throw new InvalidDataException($"length: {length}");
        return head with { Body = coding is null ? await ReadBytesAsync(stream, int.Parse(length ?? "0", CultureInfo.InvariantCulture)) : await ReadChunksAsync(stream) };
    }

    private async Task<string> ReadChunksAsync(Stream stream)
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = await ReadLineAsync(stream);
            if (!Hexadecimal().IsMatch(size!)) throw new InvalidDataException($"chunk size: {size}");
            var length = int.Parse(size!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Append(await ReadBytesAsync(stream, length));
            if (await ReadLineAsync(stream) is not "") throw new InvalidDataException("bytes behind a chunk, or a trailer");
            if (length == 0) return body.ToString();
        }
    }

    private async Task<string> ReadBytesAsync(Stream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, _stop.Token);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A line without its CR LF; null at the end of the connection. CR or LF alone is a fault.</summary>
    private async Task<string?> ReadLineAsync(Stream stream, bool mayEnd = false)
    {
        var line = new StringBuilder();
        var next = new byte[1];
        while (await stream.ReadAsync(next, _stop.Token) == 1)
        {
            if (next[0] == '\n') return line.Length > 0 && line[^1] == '\r' && !line.ToString(0, line.Length - 1).Contains('\r', StringComparison.Ordinal)
                ? line.ToString(0, line.Length - 1)
                : throw new InvalidDataException($"line end: {line}");
            line.Append((char)next[0]);
        }

        return mayEnd && line.Length == 0 ? null : throw new IOException("The connection ended inside a request.");
    }

    [GeneratedRegex("^(GET|HEAD|POST) /[!-~]* HTTP/1\\.1$")]
    private static partial Regex RequestLine();

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[\\t\\x20-\\x7e\\x80-\\xff]*$")]
    private static partial Regex FieldLine();

    [GeneratedRegex("^[0-9]{1,9}$")]
    private static partial Regex Decimal();

    [GeneratedRegex("^[0-9A-Fa-f]{1,7}$")]
    private static partial Regex Hexadecimal();
}
