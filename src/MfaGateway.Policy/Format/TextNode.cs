namespace MfaGateway.Policy.Format;

/// <summary>A JSON value as it was written, with the comments around it.</summary>
internal sealed class TextNode
{
    /// <summary>The key as it was written, with its quotes; <see langword="null"/> in lists and for the whole document.</summary>
    public string? Key { get; init; }

    /// <summary>A string, number or word as it was written; <see langword="null"/> for objects and lists.</summary>
    public string? Scalar { get; init; }

    public bool IsList { get; init; }

    /// <summary>What is inside an object or list.</summary>
    public List<TextNode> Children { get; private set; } = [];

    /// <summary>Whether an empty line sets it apart from what stands before it.</summary>
    public bool IsApart { get; init; }

    /// <summary>Comments on the lines before it.</summary>
    public List<string> Before { get; init; } = [];

    /// <summary>A comment behind it on its line.</summary>
    public string? Behind { get; set; }

    /// <summary>Comments behind the last value inside.</summary>
    public List<string> Last { get; } = [];

    public bool HasComments => Before.Count > 0 || Behind is not null || HasCommentsInside;

    public bool HasCommentsInside => Last.Count > 0 || Children.Exists(child => child.HasComments);

    /// <summary>The key's text, of a member of an object.</summary>
    public string Name => System.Text.Json.JsonSerializer.Deserialize<string>(Key!)!;

    public void Sort(Func<TextNode, int> rank) => Children = [.. Children.OrderBy(rank)]; // stable: what has the same rank stays as it was
}
