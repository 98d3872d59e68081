using System.Text.Json;

namespace MfaGateway.IntegrationTests.Simulation;

/// <summary>The audit file as somebody reads it who looks for a reference.</summary>
internal sealed class AuditFile(string path)
{
    public string Text
    {
        get
        {
            if (!File.Exists(path)) return "";
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    public IReadOnlyList<AuditLine> Lines => [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new AuditLine(JsonElement.Parse(line)))];

    /// <summary>The one failure that a reference names.</summary>
    public AuditLine Of(string reference) => Assert.Single(Lines, line => line["event.id"] == reference && line["event.outcome"] == "failure");
}

/// <summary>One line; fields that are not there are null.</summary>
internal sealed record AuditLine(JsonElement Json)
{
    public string? this[string field] => Json.TryGetProperty(field, out var value) ? value.ToString() : null;
}
