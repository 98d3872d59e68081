using System.Text.Json;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Wire;

/// <summary>
/// Messages of HTTP/1.1 whose end can be seen in two places (RFC 9112, 6 and 7.1; shapes of public smuggling tools). A second, harmless request follows on
/// the same connection. Either the first is refused and the connection closed, so that nothing behind it is read as a request; or Exchange gets exactly the requests
/// that the gateway read, in a form that only has one end, and each answer belongs to its request.
/// </summary>
public sealed class SmugglingTests(WireEstate estate) : IClassFixture<WireEstate>
{
    private const string Post = "POST /owa/service.svc?n=1 HTTP/1.1\r\n";

    /// <summary>400, and the connection is closed.</summary>
    private const string Refused = "refused";

    /// <summary>The connection is closed.</summary>
    private const string Closed = "closed";

    /// <summary>What is sent before and after the fields that every request here has, and the body that Exchange gets, if any.</summary>
    public static TheoryData<string, string, string, string> Shapes => new()
    {
        // the shape itself is sound: without these the others prove nothing
        { "a length", Post, "Content-Length: 5\r\n\r\nhello", "hello" },
        { "chunks", Post, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "chunks, other case", Post, "TRANSFER-ENCODING: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "no length", Post, "\r\n", "" },

        // both lengths (RFC 9112, 6.1)
        { "CL.TE", Post, "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG", Refused },
        { "TE.CL", Post, "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\nGPOST /powershell HTTP/1.1\r\nContent-Length: 15\r\n\r\nx=1\r\n0\r\n\r\n", Refused },
        { "both, equal", Post, "Content-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Refused },
        { "both, and what Kestrel calls the first", Post, "X-Content-Length: 3\r\nContent-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Closed },
        { "both, length 0", Post, "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Refused },
        { "both, other case", Post, "content-length: 6\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\nG", Refused },
        { "both, on a page not published", "POST /nothing HTTP/1.1\r\n", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG", Refused },
        { "both, on a page of ours", "POST /.gateway/signout HTTP/1.1\r\n", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG", Refused },
        { "length and an alias of the coding", Post, "Content-Length: 5\r\nTransfer_Encoding: chunked\r\n\r\nhello", "hello" },
        { "coding and an alias of the length", Post, "Content_Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello" },

        // codings (RFC 9112, 6.1 and 7)
        { "identity", Post, "Transfer-Encoding: identity\r\n\r\n", Refused },
        { "chunked and identity", Post, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", Refused },
        { "identity and chunked", Post, "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "chunked twice", Post, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "chunked, chunked", Post, "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", Refused },
        { "chunked, cow", Post, "Transfer-Encoding: chunked, cow\r\n\r\n0\r\n\r\n", Refused },
        { "cow, chunked", Post, "Transfer-Encoding: cow, chunked\r\n\r\n0\r\n\r\n", Refused },
        { "cow and chunked", Post, "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "gzip, chunked", Post, "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Refused },
        { "xchunked", Post, "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", Refused },
        { "chunk", Post, "Transfer-Encoding: chunk\r\n\r\n0\r\n\r\n", Refused },
        { "double quotes", Post, "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", Refused },
        { "single quotes", Post, "Transfer-Encoding: 'chunked'\r\n\r\n0\r\n\r\n", Refused },
        { "a parameter", Post, "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", Refused },
        { "empty coding", Post, "Transfer-Encoding: \r\n\r\n", Refused },
        { "comma before", Post, "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", Refused },
        { "comma behind", Post, "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", Refused },
        { "tab before", Post, "Transfer-Encoding:\tchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello" }, // optional white space (RFC 9110, 5.6.3)
        { "tab behind", Post, "Transfer-Encoding: chunked\t\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "vertical tab", Post, "Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n", Refused },
        { "form feed", Post, "Transfer-Encoding: chunked\f\r\n\r\n0\r\n\r\n", Refused },
        { "no-break space", Post, "Transfer-Encoding: \xa0chunked\r\n\r\n0\r\n\r\n", Refused },
        { "null", Post, "Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n", Refused },
        { "long s", Post, "Tran\u00c5\u00bffer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", Refused },
        { "HTTP/1.0", "POST /owa/service.svc?n=1 HTTP/1.0\r\n", "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },

        // lengths (RFC 9112, 6.3; RFC 9110, 8.6)
        { "two lengths", Post, "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", Refused },
        { "the same length twice", Post, "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", Refused },
        { "list of lengths", Post, "Content-Length: 5, 6\r\n\r\nhello!", Refused },
        { "list of the same", Post, "Content-Length: 5, 5\r\n\r\nhello", Refused },
        { "plus", Post, "Content-Length: +5\r\n\r\nhello", "hello" },
        { "minus", Post, "Content-Length: -1\r\n\r\n", Refused },
        { "minus 0", Post, "Content-Length: -0\r\n\r\n", "" }, // Kestrel takes a sign and forgets it; Exchange gets the plain number
        { "hexadecimal", Post, "Content-Length: 0x5\r\n\r\nhello", Refused },
        { "space inside", Post, "Content-Length: 5 5\r\n\r\nhello", Refused },
        { "fraction", Post, "Content-Length: 5.0\r\n\r\nhello", Refused },
        { "exponent", Post, "Content-Length: 5e0\r\n\r\nhello", Refused },
        { "letters", Post, "Content-Length: five\r\n\r\nhello", Refused },
        { "empty length", Post, "Content-Length: \r\n\r\nhello", Refused },
        { "20 digits", Post, "Content-Length: 18446744073709551621\r\n\r\nhello", Refused },
        { "other digits", Post, "Content-Length: \u00d9\u00a5\r\n\r\nhello", Refused },
        { "leading zeros", Post, "Content-Length: 0005\r\n\r\nhello", "hello" },
        { "body on GET", "GET /owa/?n=1 HTTP/1.1\r\n", "Content-Length: 44\r\n\r\nGET /owa/?smuggled HTTP/1.1\r\nX: " + "012345678901", Refused },
        { "chunks on HEAD", "HEAD /owa/?n=1 HTTP/1.1\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },

        // fields (RFC 9112, 2.2 and 5)
        { "space before the colon", Post, "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", Refused },
        { "length, space before the colon", Post, "Content-Length : 5\r\n\r\nhello", Refused },
        { "tab before the colon", Post, "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "space in the name", Post, "Transfer Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "leading space", Post, " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "folded name", Post, "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "folded value", Post, "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", Refused },
        { "folded by tab", Post, "Transfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n", Refused },
        { "CR in a value", Post, "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "LF in a value", Post, "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "LF at the end of a line", Post, "X: y\nContent-Length: 0\n\n", Refused },
        { "LF behind the request line", "POST /owa/service.svc?n=1 HTTP/1.1\n", "Content-Length: 0\r\n\r\n", Refused },
        { "CR in a name", Post, "\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Refused },
        { "null in a value", Post, "X: y\0z\r\nContent-Length: 0\r\n\r\n", Refused },
        { "null in a name", Post, "X\0: y\r\nContent-Length: 0\r\n\r\n", Refused },
        { "bell in a value", Post, "User-Agent: x\ay\r\nContent-Length: 0\r\n\r\n", Refused },
        { "no colon", Post, "Transfer-Encoding\r\n\r\n", Refused },
        { "no name", Post, ": chunked\r\n\r\n", Refused },
        { "another host", Post, "Host: ex1.contoso.test\r\nContent-Length: 0\r\n\r\n", Refused },

        // chunks (RFC 9112, 7.1)
        { "extension", Post, "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", "hello" },
        { "quoted extension", Post, "Transfer-Encoding: chunked\r\n\r\n5;a=\"b c\"\r\nhello\r\n0\r\n\r\n", "hello" },
        { "LF in an extension", Post, "Transfer-Encoding: chunked\r\n\r\n5;a\nX\r\nhello\r\n0\r\n\r\n", Refused }, // CVE-2025-55315
        { "LF behind an extension", Post, "Transfer-Encoding: chunked\r\n\r\n5;\nhello\r\n0\r\n\r\n", Refused },
        { "CR in an extension", Post, "Transfer-Encoding: chunked\r\n\r\n5;a\rX\r\nhello\r\n0\r\n\r\n", Refused },
        { "LF behind a size", Post, "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", Refused },
        { "size too large", Post, "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF1\r\nhello\r\n0\r\n\r\n", Refused },
        { "size beyond an int", Post, "Transfer-Encoding: chunked\r\n\r\n100000005\r\nhello\r\n0\r\n\r\n", Refused },
        { "minus in a size", Post, "Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n", Refused },
        { "plus in a size", Post, "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", Refused },
        { "0x in a size", Post, "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", Refused },
        { "space in a size", Post, "Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n", Refused },
        { "empty size", Post, "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", Refused },
        { "no size", Post, "Transfer-Encoding: chunked\r\n\r\nG\r\nhello\r\n0\r\n\r\n", Refused },
        { "more than announced", Post, "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", Refused },
        { "nothing behind the data", Post, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n", Refused },
        { "LF behind the data", Post, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", Refused },
        { "a trailer", Post, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-CommonAccessToken: TUFSSw==\r\n\r\n", "hello" },
        { "a length as trailer", Post, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 3\r\nHost: x\r\n\r\n", "hello" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task what_ends_in_two_places_is_refused_and_what_is_forwarded_ends_in_one(string shape, string line, string rest, string body)
    {
        estate.Exchange.Clear();
        await using var connection = await estate.ConnectAsync();

        var replies = await RawConnection.TalkAsync(connection, $"{line}Host: mail.contoso.com\r\nCookie: {estate.Session}\r\n{rest}{Second}");

        Assert.Empty(estate.Exchange.Faults);
        if (body is Refused or Closed)
        {
            Assert.Empty(estate.Exchange.Requests);
            Assert.Equal(body == Refused ? 1 : 0, replies.Count);
            Assert.All(replies, reply => Assert.True(reply.Status == 400, $"{shape}: {reply.Head}"));
            Assert.All(replies, reply => Assert.Contains("Connection: close", reply.Head, StringComparison.OrdinalIgnoreCase));
            return;
        }

        Assert.Equal(2, estate.Exchange.Requests.Count);
        Assert.Equal(body, estate.Exchange.Requests.First().Body);
        Assert.Equal([(200, RecordingServer.AnswerTo(estate.Exchange.Requests.First())), (200, "GET /owa/?n=2 HTTP/1.1\n")], replies.Select(r => (r.Status, r.Body)));
    }

    [Fact]
    public async Task a_refusal_of_two_lengths_has_a_reference_that_finds_its_audit_line()
    {
        await using var connection = await estate.ConnectAsync();

        var reply = Assert.Single(await RawConnection.TalkAsync(
            connection, $"{Post}Host: mail.contoso.com\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"));

        var line = estate.Network.Audit.Of(JsonElement.Parse(reply.Body).GetProperty("reference").GetString()!);
        Assert.Equal("attack-refused", line["event.action"]);
        Assert.Equal("ambiguous-framing", line["gateway.reason"]);
    }

    /// <summary>Ends of bodies stated in both ways, in turns.</summary>
    [Fact]
    public async Task each_of_many_requests_on_one_connection_gets_its_own_answer()
    {
        estate.Exchange.Clear();
        await using var connection = await estate.ConnectAsync();
        var numbers = Enumerable.Range(1, 60).ToList();
        var requests = numbers.Select(n => (n % 3) switch
        {
            0 => Head($"GET /owa/?n={n}", "\r\n"),
            1 => Head($"POST /owa/service.svc?n={n}", $"Content-Length: {8 + $"{n}".Length}\r\n\r\nbody of {n}"),
            _ => Head($"POST /owa/service.svc?n={n}", $"Transfer-Encoding: chunked\r\n\r\n8;x=y\r\nbody of \r\n{$"{n}".Length}\r\n{n}\r\n0\r\n\r\n"),
        });

        var replies = await RawConnection.TalkAsync(connection, string.Concat(requests) + Second);

        Assert.Equal(
            [.. numbers.Select(n => n % 3 == 0 ? $"GET /owa/?n={n} HTTP/1.1\n" : $"POST /owa/service.svc?n={n} HTTP/1.1\nbody of {n}"), "GET /owa/?n=2 HTTP/1.1\n"],
            replies.Select(reply => reply.Body));
        Assert.Empty(estate.Exchange.Faults);

        string Head(string line, string rest) => $"{line} HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\n{rest}";
    }

    /// <summary>Behind the first; long, so that whoever waits for more of the first has enough.</summary>
    private string Second => $"GET /owa/?n=2 HTTP/1.1\r\nHost: mail.contoso.com\r\nCookie: {estate.Session}\r\nX-Long: {new string('x', 4_000)}\r\nConnection: close\r\n\r\n";
}
