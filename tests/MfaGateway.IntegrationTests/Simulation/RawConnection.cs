using System.Globalization;
using System.Text;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>An answer read off the wire.</summary>
internal sealed record RawAnswer(int Status, string Head)
{
    public string? Location => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Location: ", StringComparison.OrdinalIgnoreCase))?["Location: ".Length..];
}

/// <summary>An answer with its body.</summary>
internal sealed record RawReply(int Status, string Head, string Body);

/// <summary>Sends bytes as they are, for what no HTTP client would send.</summary>
internal static class RawConnection
{
    public static Task<RawAnswer> GetAsync(SimulatedNetwork network, string target, params string[] headers) =>
        SendAsync(network, $"GET {target} HTTP/1.1\r\nHost: mail.contoso.com\r\nAccept: text/html\r\n{string.Concat(headers.Select(h => h + "\r\n"))}Connection: close\r\n\r\n");

    public static async Task<RawAnswer> SendAsync(SimulatedNetwork network, string request)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await network.ConnectAsync(cancellation);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancellation);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync(cancellation) is { Length: > 0 } line) head.Append(line).Append("\r\n");
        var text = head.ToString();
        return new RawAnswer(int.Parse(text.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), text);
    }

    /// <summary>Sends everything at once over one connection, one letter for a byte, and reads answers until the gateway closes it.</summary>
    public static async Task<IReadOnlyList<RawReply>> TalkAsync(Stream stream, string requests)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var received = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(requests), cancellation);
            await stream.CopyToAsync(received, cancellation);
        }
        catch (IOException)
        {
            // closed with bytes of ours unread: what came before that is the answer
        }

        return Replies(Encoding.Latin1.GetString(received.ToArray()));
    }

    private static List<RawReply> Replies(string text)
    {
        var replies = new List<RawReply>();
        while (text.Length > 0)
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            var head = text[..end];
            var lengthLine = head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
            var length = Math.Min(int.Parse(lengthLine["Content-Length: ".Length..], CultureInfo.InvariantCulture), text.Length - end); // HEAD has none
            replies.Add(new RawReply(int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), head, text.Substring(end, length)));
            text = text[(end + length)..];
        }

        return replies;
    }
}
