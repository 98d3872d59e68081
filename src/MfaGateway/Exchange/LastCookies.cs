namespace MfaGateway.Exchange;

/// <summary>What the last Cookie header of a connection became for Exchange: a browser sends the same one with every request, and taking it apart is dearer than anything else that is
/// done to headers. Lives as long as the connection, as the server's own memory of the last header does.</summary>
internal sealed class LastCookies
{
    /// <summary>Characters of a header that is remembered. A browser's has one or two thousand; of longer ones a stranger could make every connection keep some.</summary>
    private const int Longest = 8_192;

    private volatile Known? _known;

    /// <summary>What became of this header under these circumstances; null when the last one was another. The header names its session, so nobody gets another person's. Not compared
    /// in constant time: any header but this one, to the last letter of its last cookie, is taken apart as ever, and that takes a thousand times as long as a letter.</summary>
    public string? Find(string header, Circumstances under) => _known is { } known && known.Under == under && known.Header == header ? known.ForExchange : null;

    public void Keep(string header, Circumstances under, string forExchange)
    {
        if (header.Length <= Longest) _known = new Known(header, under, forExchange); // as a whole: requests of one connection come at the same time
    }

    /// <param name="WithSession">The session that the header names lives.</param>
    /// <param name="WithLogon">The browser's Exchange cookies are this person's.</param>
    /// <param name="ExchangeKeepsLogon">Exchange does its own logon.</param>
    internal readonly record struct Circumstances(bool WithSession, bool WithLogon, bool ExchangeKeepsLogon);

    private sealed record Known(string Header, Circumstances Under, string ForExchange);
}
