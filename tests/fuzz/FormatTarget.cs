using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Format;

namespace MfaGateway.Fuzz;

/// <summary>A formatted document says what it said before, and formatting it again changes nothing.</summary>
internal static class FormatTarget
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    public static FuzzTarget Create() => new("format", [.. DocumentWriter.Words, "// why\n", "/* why */", "\n\n", "/* a\nb */"], random => new DocumentWriter(random).Write(), Try);

    private static FuzzFindings Try(string json)
    {
        var formatted = PolicyFormatter.Format(json, out var problems);

        FuzzFailure.Unless(formatted is null == problems.Count > 0, "a text is either formatted or has problems");
        if (formatted is null)
            return new FuzzFindings(IsValid: false, Targets.Check(problems, json, "$"));

        FuzzFailure.Unless(PolicyFormatter.Format(formatted, out _) == formatted, "formatting twice is formatting once");
        if (Parse(json) is { } before)
            FuzzFailure.Unless(Parse(formatted) is { } after && JsonNode.DeepEquals(before, after), "a formatted text parses to what it was");
        var (one, other) = (PolicyCompiler.Compile(json), PolicyCompiler.Compile(formatted));
        FuzzFailure.Unless(one.Policy is null == other.Policy is null, "a formatted document is valid if it was");
        if (one.Policy is { } policy)
            FuzzFailure.Unless(Targets.Probes.All(probe => policy.Decide(probe) == other.Policy!.Decide(probe)), "a formatted document decides as before");
        return new FuzzFindings(IsValid: true, [$"{formatted.AsSpan().Count('\n')} lines", one.Policy is null ? "invalid" : "valid"]);
    }

    // Null for what only our own reader reads: keys that are written twice.
    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetBytes(json), documentOptions: Lenient);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
