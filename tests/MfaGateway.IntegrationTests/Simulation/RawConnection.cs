using System.Globalization;
using System.Text;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>An answer read off the wire.</summary>
internal sealed record RawAnswer(int Status, string Head)
{
    public string? Location => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Location: ", StringComparison.OrdinalIgnoreCase))?["Location: ".Length..];
}

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
}
