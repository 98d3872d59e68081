using System.Text;
using System.Text.Json;

namespace MfaGateway.Policy.Format;

/// <summary>Reads JSON with comments into a tree that loses none of them. The text must be readable JSON.</summary>
internal sealed class CommentedJson
{
    private readonly byte[] _utf8;
    private readonly Stack<TextNode> _open = new();
    private readonly List<string> _comments = [];
    private TextNode? _latest;
    private int _latestEnd;
    private int _previousEnd;
    private bool _isApart;
    private string? _key;

    private CommentedJson(string json) => _utf8 = Encoding.UTF8.GetBytes(json);

    public static TextNode Read(string json) => new CommentedJson(json).Read();

    private TextNode Read()
    {
        var document = new TextNode(); // holds the one value and the comments around it
        _open.Push(document);
        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true });
        while (reader.Read())
        {
            var between = _utf8.AsSpan(_previousEnd, (int)reader.TokenStartIndex - _previousEnd);
            _isApart |= between.Count((byte)'\n') > 1;
            Take(ref reader);
            _previousEnd = (int)reader.BytesConsumed;
            if (_utf8[_previousEnd - 1] == (byte)'\n')
                _previousEnd--; // the reader takes the end of the line for a part of a comment
        }

        document.Last.AddRange(_comments);
        return document;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Comment:
                TakeComment(ref reader);
                return;
            case JsonTokenType.PropertyName:
                _key = Quoted(ref reader);
                return;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                _open.Push(Begin(ref reader, scalar: null));
                _latest = null; // a comment behind the bracket belongs to what is inside
                return;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _open.Peek().Last.AddRange(_comments);
                _comments.Clear();
                _latest = _open.Pop();
                _isApart = false; // an empty line before the bracket sets nothing apart
                break;
            default:
                _latest = Begin(ref reader, reader.TokenType is JsonTokenType.String ? Quoted(ref reader) : Encoding.UTF8.GetString(reader.ValueSpan));
                break;
        }

        _latestEnd = (int)reader.BytesConsumed;
    }

    private TextNode Begin(ref Utf8JsonReader reader, string? scalar)
    {
        var siblings = _open.Peek().Children;
        var node = new TextNode
        {
            Key = _key, Scalar = scalar, IsList = reader.TokenType is JsonTokenType.StartArray, Before = [.. _comments], IsApart = _isApart && siblings.Count > 0,
        };
        siblings.Add(node);
        _comments.Clear();
        (_key, _isApart) = (null, false);
        return node;
    }

    private void TakeComment(ref Utf8JsonReader reader)
    {
        var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
        var comment = Encoding.UTF8.GetString(_utf8, start, end - start).TrimEnd();
        var isOnLineOfLatest = _latest is { Behind: null } && _key is null && _comments.Count == 0 && !_utf8.AsSpan(_latestEnd, start - _latestEnd).Contains((byte)'\n');
        if (isOnLineOfLatest && EndsLine(comment, end))
            _latest!.Behind = comment;
        else
            _comments.Add(comment);
    }

    private bool EndsLine(string comment, int end)
    {
        if (comment.StartsWith("//", StringComparison.Ordinal))
            return true;
        var rest = _utf8.AsSpan(end).TrimStart(", \t\r"u8);
        return !comment.Contains('\n', StringComparison.Ordinal) && (rest.IsEmpty || rest[0] is (byte)'\n' or (byte)'}' or (byte)']');
    }

    // The text between the quotes as it was written, escapes included.
    private static string Quoted(ref Utf8JsonReader reader) => $"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"";
}
