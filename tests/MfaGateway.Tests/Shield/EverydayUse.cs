using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MfaGateway.Tests.Shield;

/// <summary>A request of somebody who does his work.</summary>
internal sealed record EverydayRequest(string Who, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers)
{
    public string Text => $"{Method} {Target}\n{string.Join('\n', Headers.Select(header => $"{header.Name}: {header.Value}"))}";
}

/// <summary>
/// A day of normal use, made of the shapes in everyday-use.txt: how often each comes, who sends it, and with which headers. The places in braces are filled from a seeded generator.
/// </summary>
internal static partial class EverydayUse
{
    private static readonly string[] _words = ["budget", "PowerShell%20course", "autodiscover+question", "re:%20oab", "%C3%9Cbersicht", "a%2Bb", "100%25", "what%3F", "schema%3Dx", "Ecp"];

    private static readonly (int Often, EverydayRequest Shape)[] _shapes = [.. Lines().Select(Read)];

    /// <summary>Every shape once.</summary>
    public static IEnumerable<EverydayRequest> Shapes()
    {
        var random = new Random(11);
        return _shapes.Select(shape => Fill(shape.Shape, random));
    }

    /// <summary>So many requests, each shape as often as people send it.</summary>
    public static IEnumerable<EverydayRequest> Day(int requests, int seed)
    {
        var random = new Random(seed);
        var total = _shapes.Sum(shape => shape.Often);
        for (var n = 0; n < requests; n++)
        {
            var at = random.Next(total);
            yield return Fill(_shapes.First(shape => (at -= shape.Often) < 0).Shape, random);
        }
    }

    private static IEnumerable<string> Lines()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("everyday-use.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
    }

    private static (int, EverydayRequest) Read(string line)
    {
        var parts = line.Split(" | ");
        var words = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var headers = parts.Skip(1).Select(header => (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 2)..]));
        return (int.Parse(words[0], CultureInfo.InvariantCulture), new EverydayRequest(words[1], words[2], words[3], [.. headers]));
    }

    private static EverydayRequest Fill(EverydayRequest shape, Random random) => shape with
    {
        Target = Fill(shape.Target, random), Headers = [.. shape.Headers.Select(header => (header.Name, Fill(header.Value, random)))],
    };

    private static string Fill(string text, Random random) => Place().Replace(text, place => place.Groups[1].Value switch
    {
        "n" => random.Next(1, 5_000).ToString(CultureInfo.InvariantCulture),
        "build" => $"15.2.{random.Next(1118, 1900)}.{random.Next(1, 40)}",
        "guid" => new Guid(Bytes(random, 16)).ToString(),
        "hex" => Convert.ToHexStringLower(Bytes(random, 16)),
        "id" => Uri.EscapeDataString(Convert.ToBase64String(Bytes(random, random.Next(60, 150)))),
        "raw-id" => Convert.ToBase64String(Bytes(random, random.Next(60, 150))), // + and / as they are
        "canary" => $"{Convert.ToBase64String(Bytes(random, 42)).Replace('+', '-').Replace('/', '_')}.",
        "json" => Uri.EscapeDataString($$"""{"__type":"FindItemJsonRequest:#Exchange","Header":{"RequestServerVersion":"Exchange2013"},"Offset":{{random.Next(100)}} }"""),
        "word" => _words[random.Next(_words.Length)],
        var other => throw new FormatException($"everyday-use.txt has an unknown place {other}."),
    });

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    [GeneratedRegex(@"\{([a-z-]+)\}")]
    private static partial Regex Place();
}
