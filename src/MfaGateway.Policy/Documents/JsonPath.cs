using System.Globalization;
using System.Text.Json;

namespace MfaGateway.Policy.Documents;

/// <summary>Follows a JSON reader and knows the path of the value it stands at, written like <c>$.rules[2].when</c>.</summary>
internal sealed class JsonPath
{
    private const int LongestShown = 200;

    private readonly List<Container> _containers = [];

    /// <summary>Takes note of the token the reader has just read.</summary>
    /// <exception cref="InvalidOperationException">A key holds half of a surrogate pair.</exception>
    public void Follow(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _containers[^1] = _containers[^1] with { Key = reader.GetString() };
                break;
            case JsonTokenType.StartObject:
                BeginValue();
                _containers.Add(new Container(ToString(), IsList: false, Index: -1, Key: null));
                break;
            case JsonTokenType.StartArray:
                BeginValue();
                _containers.Add(new Container(ToString(), IsList: true, Index: -1, Key: null));
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _containers.RemoveAt(_containers.Count - 1);
                break;
            default:
                BeginValue();
                break;
        }
    }

    /// <summary>The path of the value just begun; of the container just ended it is the path of that container.</summary>
    public override string ToString() => _containers is [.., var inner] ? inner.Path + StepInto(inner) : "$";

    /// <summary>The path, cut to what a person reads.</summary>
    public string ToShortString() => ToString() is { Length: > LongestShown } path ? path[..LongestShown] + "…" : ToString();

    /// <summary>The step from an object to its member.</summary>
    public static string Step(string key) =>
        key.Length is > 0 and <= 40 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '$')
            ? $".{key}"
            : $"['{DocumentNode.Quote(key)[1..^1]}']";

    private static string StepInto(Container container) => container switch
    {
        { IsList: true, Index: >= 0 } => string.Create(CultureInfo.InvariantCulture, $"[{container.Index}]"),
        { Key: { } key } => Step(key),
        _ => "",
    };

    private void BeginValue()
    {
        if (_containers.Count > 0 && _containers[^1].IsList)
            _containers[^1] = _containers[^1] with { Index = _containers[^1].Index + 1 };
    }

    // The path is kept because every value inside begins with it.
    private readonly record struct Container(string Path, bool IsList, int Index, string? Key);
}
