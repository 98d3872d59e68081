using System.Globalization;
using System.Text.Json;

namespace MfaGateway.Policy.Documents;

/// <summary>A JSON value with its path, which reports what is wrong with it instead of throwing, so that one run finds every error.</summary>
internal readonly record struct DocumentNode(JsonElement Json, string Path, List<PolicyProblem> Problems)
{
    private const int MostProblems = 100;

    /// <summary>The string, or empty when the value is something else.</summary>
    public string Text => Json.ValueKind is JsonValueKind.String ? Json.GetString() ?? "" : "";

    /// <summary>Text from a document inside a message: bounded, and without characters that could control a terminal.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length > 80 ? text[..80] + "…" : text;
        return $"`{MisleadingText.MadePlain(shown)}`";
    }

    public void Report(string message, string remedy)
    {
        if (Problems.Count < MostProblems)
            Problems.Add(new PolicyProblem(Path, message, remedy));
        else if (Problems.Count == MostProblems)
            Problems.Add(new PolicyProblem("$", $"there are more than {MostProblems} problems", "Correct these first"));
    }

    /// <summary>Reports with a remedy that takes time to find, which is looked for only while it would be read: a hostile document has a
    /// hundred thousand unknown words.</summary>
    public void Report(string message, Func<string> remedy) => Report(message, Problems.Count < MostProblems ? remedy() : "");

    /// <summary>The members of an object that may have only these keys. Reports unknown and repeated keys.</summary>
    public Dictionary<string, DocumentNode> Fields(IReadOnlyCollection<string> known)
    {
        var fields = Entries();
        foreach (var (key, value) in fields.Where(field => !known.Contains(field.Key)))
            value.Report($"unknown key {Quote(key)}", () => DidYouMean.Among(known, key));
        return fields;
    }

    /// <summary>The members of an object with any keys. Reports repeated keys.</summary>
    public Dictionary<string, DocumentNode> Entries()
    {
        var entries = new Dictionary<string, DocumentNode>(StringComparer.Ordinal);
        if (!Is(JsonValueKind.Object, "an object"))
            return entries;
        foreach (var property in Json.EnumerateObject())
        {
            var child = new DocumentNode(property.Value, $"{Path}{JsonPath.Step(property.Name)}", Problems);
            if (!entries.TryAdd(property.Name, child))
                child.Report($"the key {Quote(property.Name)} is written twice", "Keep one of them");
        }

        return entries;
    }

    /// <summary>The items of a list with at least one item.</summary>
    public IReadOnlyList<DocumentNode> Items()
    {
        if (!Is(JsonValueKind.Array, "a list"))
            return [];
        if (Json.GetArrayLength() == 0)
            Report("the list is empty", "Write at least one value, or leave the key out");
        var (path, problems) = (Path, Problems);
        return [.. Json.EnumerateArray().Select((item, index) =>
            new DocumentNode(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), problems))];
    }

    /// <summary>The items of a list of non-empty strings, each once.</summary>
    public IReadOnlyList<DocumentNode> Strings()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var strings = new List<DocumentNode>();
        foreach (var item in Items())
        {
            if (!item.IsText())
                continue;
            if (seen.Add(item.Text))
                strings.Add(item);
            else
                item.Report($"{Quote(item.Text)} is listed twice", "Keep one of them");
        }

        return strings;
    }

    /// <summary>Whether the value is a string that says something; reports if not.</summary>
    public bool IsText()
    {
        if (!Is(JsonValueKind.String, "a string"))
            return false;
        if (!string.IsNullOrWhiteSpace(Text))
            return true;
        Report("the string is empty", "Write a value");
        return false;
    }

    /// <summary>The value as true or false; reports if it is neither.</summary>
    public bool? Boolean()
    {
        if (Json.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return Json.GetBoolean();
        Report($"{Kind()} where true or false is expected", "Write `true` or `false`, without quotes");
        return null;
    }

    /// <summary>Whether the value has this kind; reports if not.</summary>
    public bool Is(JsonValueKind kind, string wanted)
    {
        if (Json.ValueKind == kind)
            return true;
        var remedy = kind is JsonValueKind.Array && Json.ValueKind is JsonValueKind.String ? $"Write `[{Json.GetRawText()}]`" : $"Write {wanted}";
        Report($"{Kind()} where {wanted} is expected", remedy);
        return false;
    }

    private string Kind() => Json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
