namespace MfaGateway.Lab.Exchange;

/// <summary>One request as a simulator received it.</summary>
internal sealed class ReceivedRequest
{
    private long _bytes;

    /// <summary>Counts from 1 on every simulator.</summary>
    public required long N { get; init; }

    /// <summary>The TCP connection it came on.</summary>
    public required string Connection { get; init; }

    public required string Method { get; init; }

    /// <summary>The request target byte for byte, before anything was decoded.</summary>
    public required string Target { get; init; }

    /// <summary>Every header with all its values, repeated headers in their order.</summary>
    public required IReadOnlyDictionary<string, string?[]> Headers { get; init; }

    /// <summary>Who is signed on at the simulator; null for nobody.</summary>
    public string? User { get; set; }

    /// <summary>Bytes of the body received so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The one that is being answered.</summary>
    public static ReceivedRequest Of(HttpContext context) =>
        context.Items[typeof(ReceivedRequest)] as ReceivedRequest ?? throw new InvalidOperationException("The front end did not see this request.");

    public void Count(int read) => Interlocked.Add(ref _bytes, read);

    /// <summary>SHA-256 of the whole body, lower-case hexadecimal; empty until it has arrived.</summary>
    public string Sha256 { get; set; } = "";
}
