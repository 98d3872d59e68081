using System.Text;
using CsCheck;
using MfaGateway.Host.PolicyVerbs.Replay;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

public class LineBlocksTests
{
    private const int Size = 16;

    // Lines around the size of a block, empty ones among them; the last one may lack its end.
    private static readonly Gen<(int[] Lengths, bool Ended)> Files = Gen.Select(Gen.Int[0, 40].Array[0, 12], Gen.Bool);

    [Fact]
    public void Every_line_that_fits_comes_whole_with_its_number_and_offset_and_the_others_are_named() => Files.Sample(
        (lengths, ended) =>
        {
            var text = string.Join('\n', lengths.Select((length, n) => new string((char)('a' + n), length))) + (ended && lengths.Length > 0 ? "\n" : "");

            var found = Read(text);

            Assert.Equal(Expected(text), found);
        },
        iter: 20_000);

    private static List<(int Line, long Offset, string? Text)> Expected(string text)
    {
        var (lines, number, at) = (new List<(int, long, string?)>(), 1, 0);
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var found ? found + 1 : text.Length;
            // what is exactly as long as a block and lacks its end cannot be told from what goes on
            lines.Add((number++, at, end - at > Size || (end - at == Size && text[end - 1] != '\n') ? null : text[at..end]));
            at = end;
        }

        return lines;
    }

    private static List<(int Line, long Offset, string? Text)> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(text));
        var lines = new List<(int, long, string?)>();
        foreach (var block in new LineBlocks(stream, Size).ReadAsync(TestContext.Current.CancellationToken).ToBlockingEnumerable())
        {
            if (block.Bytes.IsEmpty) lines.Add((block.FirstLine, block.Offset, null));
            var (rest, number, offset) = (Encoding.ASCII.GetString(block.Bytes.Span), block.FirstLine, block.Offset);
            while (rest.Length > 0)
            {
                var length = rest.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end + 1 : rest.Length;
                lines.Add((number++, offset, rest[..length]));
                (rest, offset) = (rest[length..], offset + length);
            }
        }

        return lines;
    }
}
