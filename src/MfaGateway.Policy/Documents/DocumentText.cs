using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MfaGateway.Policy.Documents;

/// <summary>The text of a document: whether it is JSON that can be read at all, and on which line things stand.</summary>
internal sealed class DocumentText
{
    /// <summary>Deep enough for any policy, and shallow enough for the recursion that reads it.</summary>
    private const int DeepestNesting = 64;

    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting };

    private readonly byte[] _utf8;

    private DocumentText(byte[] utf8, JsonDocument json) => (_utf8, Json) = (utf8, json);

    /// <summary>The text as JSON. To be disposed by whoever read it.</summary>
    public JsonDocument Json { get; }

    /// <summary>Reads a text; when it cannot be read, the one problem says why, with line and path.</summary>
    public static DocumentText? Read(string json, List<PolicyProblem> problems)
    {
        if (json.Length > PolicyCompiler.MaxCharacters)
        {
            problems.Add(new PolicyProblem(
                "$",
                string.Create(CultureInfo.InvariantCulture, $"the document is longer than {PolicyCompiler.MaxCharacters:N0} characters"),
                "Name groups instead of listing people, and networks instead of listing addresses"));
            return null;
        }

        var utf8 = Encoding.UTF8.GetBytes(json);
        if (FindFlaw(utf8) is not { } flaw)
            return new DocumentText(utf8, JsonDocument.Parse(utf8, Options));
        problems.Add(flaw);
        return null;
    }

    /// <summary>The problems with the lines on which their paths stand.</summary>
    public IReadOnlyList<PolicyProblem> Locate(IReadOnlyList<PolicyProblem> problems)
    {
        if (problems.Count == 0)
            return problems;
        var lines = LinesOf(problems.Select(problem => problem.Path).ToHashSet(StringComparer.Ordinal));
        return [.. problems.Select(problem => lines.TryGetValue(problem.Path, out var line) ? problem with { Line = line } : problem)];
    }

    /// <summary>The lines on which values stand, by their paths; of a key that is written twice, the second.</summary>
    public IReadOnlyDictionary<string, int> LinesOf(IReadOnlySet<string> wanted)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var (path, lineCounter) = (new JsonPath(), new LineCounter());
        var reader = NewReader(_utf8);
        while (reader.Read())
        {
            path.Follow(ref reader);
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray)
                continue;
            var text = path.ToString();
            if (wanted.Contains(text))
                lines[text] = lineCounter.LineAt(_utf8, reader.TokenStartIndex);
        }

        return lines;
    }

    // JSON can spell half of a surrogate pair (RFC 8259 section 8.2); such a string cannot be read, only tried.
    private static PolicyProblem? FindFlaw(byte[] utf8)
    {
        var path = new JsonPath();
        var reader = NewReader(utf8);
        try
        {
            while (reader.Read())
            {
                path.Follow(ref reader);
                if (reader.CurrentDepth >= DeepestNesting)
                    return Problem(utf8, reader.TokenStartIndex, path, $"nested deeper than {DeepestNesting} levels", "Write fewer `not`, `any` and `all` around each other");
                if (reader.TokenType is JsonTokenType.String)
                    reader.GetString();
            }

            return null;
        }
        catch (JsonException error)
        {
            var line = (int)Math.Min(error.LineNumber ?? 0, utf8.AsSpan().Count((byte)'\n')) + 1; // behind a last comment the reader counts one line too many
            var where = string.Create(CultureInfo.InvariantCulture, $"line {line}, byte {error.BytePositionInLine + 1}");
            return new PolicyProblem(path.ToShortString(), $"not valid JSON at {where}", "Look there for a missing comma, quote or bracket") { Line = line };
        }
        catch (InvalidOperationException)
        {
            return Problem(
                utf8, reader.TokenStartIndex, path, "an escape like `\\ud800` stands for half a character", "Write both halves of the surrogate pair, or the character itself");
        }
    }

    private static PolicyProblem Problem(byte[] utf8, long position, JsonPath path, string message, string remedy) =>
        new(path.ToShortString(), message, remedy) { Line = new LineCounter().LineAt(utf8, position) };

    // Deeper than what is accepted, so that depth is reported in words of our own.
    private static Utf8JsonReader NewReader(byte[] utf8) =>
        new(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting + 2 });

    /// <summary>Counts lines while positions grow.</summary>
    private sealed class LineCounter
    {
        private int _line = 1;
        private int _position;

        public int LineAt(byte[] utf8, long position)
        {
            _line += utf8.AsSpan(_position, (int)position - _position).Count((byte)'\n');
            _position = (int)position;
            return _line;
        }
    }
}
