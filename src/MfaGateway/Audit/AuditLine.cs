using System.Globalization;
using System.Text.Json;

namespace MfaGateway.Audit;

/// <summary>Reads a line of the audit file back.</summary>
public static class AuditLine
{
    /// <summary>The event on a line; or null, when it is none.</summary>
    /// <param name="utf8">The line, with or without its end.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence.</param>
    public static AuditEvent? Read(ReadOnlySpan<byte> utf8, out string problem)
    {
        problem = "";
        try
        {
            if (JsonSerializer.Deserialize(utf8, AuditJson.Default.AuditEvent) is { } line) return line;
            problem = "`null` is no audit line";
        }
        catch (JsonException error)
        {
            problem = Describe(error);
        }
        catch (InvalidOperationException) // half a surrogate pair, which JSON can spell (RFC 8259 section 8.2)
        {
            problem = "not valid UTF-8";
        }

        return null;
    }

    // Messages of the serializer name types; these name what an operator sees in the file.
    private static string Describe(JsonException error) => error switch
    {
        { InnerException: JsonException } => string.Create(CultureInfo.InvariantCulture, $"not valid JSON at byte {error.BytePositionInLine + 1} of the line"),
        { Path: null or "$" } => "not an audit line: it lacks `@timestamp`, `event.action`, `event.outcome` or `event.id`, or is no object",
        _ => $"the value at {error.Path} is of the wrong kind, is no valid text, or stands there twice",
    };
}
