using System.Text;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Format;

/// <summary>Writes a document in its canonical form: keys in a fixed order, two spaces a level, what fits on a line on one line. Values, their order in
/// lists, comments and single empty lines stay as they were written.</summary>
internal sealed class PolicyFormatter
{
    private const int LineWidth = 140;
    private const int Indent = 2;

    private readonly StringBuilder _text = new();

    /// <summary>The canonical form; <see langword="null"/> when the text is not readable JSON, and the problems say why.</summary>
    public static string? Format(string json, out IReadOnlyList<PolicyProblem> problems)
    {
        var found = new List<PolicyProblem>();
        problems = found;
        if (DocumentText.Read(json, found) is not { } text)
            return null;
        using var _ = text.Json;
        var document = CommentedJson.Read(json);
        KeyOrder.Sort(document);
        var formatter = new PolicyFormatter();
        foreach (var root in document.Children)
            formatter.WriteLine(root, level: 0, comma: false);
        formatter.WriteComments(document.Last, level: 0);
        return formatter._text.ToString();
    }

    private void WriteLine(TextNode node, int level, bool comma)
    {
        WriteComments(node.Before, level);
        _text.Append(' ', level * Indent);
        WriteValue(node, level, comma);
        if (comma)
            _text.Append(',');
        if (node.Behind is { } comment)
            _text.Append(' ').Append(comment);
        _text.Append('\n');
    }

    private void WriteValue(TextNode node, int level, bool comma)
    {
        var width = LineWidth - (level * Indent) - (comma ? 1 : 0);
        if (IsAtom(node) || (MayShareLine(node, level) && Flat(node).Length <= width))
        {
            _text.Append(Flat(node));
            return;
        }

        _text.Append(Key(node)).Append(node.IsList ? '[' : '{').Append('\n');
        for (var index = 0; index < node.Children.Count; index++)
        {
            if (index > 0 && node.Children[index].IsApart)
                _text.Append('\n');
            WriteLine(node.Children[index], level + 1, comma: index < node.Children.Count - 1);
        }

        WriteComments(node.Last, level + 1);
        _text.Append(' ', level * Indent).Append(node.IsList ? ']' : '}');
    }

    private static bool IsAtom(TextNode node) => node.Scalar is not null || (node.Children.Count == 0 && node.Last.Count == 0);

    // The document and its lists of rules and examples are opened even when they would fit: they grow.
    private static bool MayShareLine(TextNode node, int level) => !node.HasCommentsInside && level switch
    {
        0 => false,
        1 => node.Children.TrueForAll(child => child.Scalar is not null),
        _ => true,
    };

    private static string Flat(TextNode node)
    {
        if (node.Scalar is { } scalar)
            return Key(node) + scalar;
        var inside = string.Join(", ", node.Children.Select(Flat));
        return (node.IsList, inside.Length) switch
        {
            (true, _) when node.Children.Exists(child => child.Scalar is null) => $"{Key(node)}[ {inside} ]",
            (true, _) => $"{Key(node)}[{inside}]",
            (false, 0) => $"{Key(node)}{{}}",
            _ => $"{Key(node)}{{ {inside} }}",
        };
    }

    private static string Key(TextNode node) => node.Key is { } key ? $"{key}: " : "";

    private void WriteComments(List<string> comments, int level)
    {
        foreach (var comment in comments)
            _text.Append(' ', level * Indent).Append(comment).Append('\n');
    }
}
