using System.Text.Json;
using System.Text.Json.Serialization;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>A rule as it is written.</summary>
internal sealed record ShieldRuleText
{
    public string? Id { get; set; }

    [JsonConverter(typeof(OneOrMore))]
    public IReadOnlyList<string> Cve { get; set; } = [];

    public string? Source { get; set; }

    public string? Since { get; set; }

    public string? What { get; set; }

    public string? Mode { get; set; }

    [JsonConverter(typeof(OneOrMore))]
    public IReadOnlyList<string> Method { get; set; } = [];

    [JsonConverter(typeof(OneOrMore))]
    public IReadOnlyList<string> Target { get; set; } = [];

    public IReadOnlyDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    [JsonConverter(typeof(OneOrMore))]
    public IReadOnlyList<string> Cookie { get; set; } = [];

    [JsonConverter(typeof(OneOrMore))]
    public IReadOnlyList<string> Hits { get; set; } = [];

    [JsonConverter(typeof(OneOrMore))]
    public IReadOnlyList<string> Passes { get; set; } = [];
}

/// <summary>A file of rules.</summary>
/// <param name="Version">Of the file, as its authors count: a date for the shipped one.</param>
/// <param name="Rules">The rules.</param>
internal sealed record ShieldRuleFile(string? Version, IReadOnlyList<ShieldRuleText> Rules);

/// <summary>A text, or a list of texts.</summary>
internal sealed class OneOrMore : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.String) return [reader.GetString()!];
        if (reader.TokenType is not JsonTokenType.StartArray) throw new JsonException("neither a text nor a list of texts");
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            texts.Add(reader.TokenType is JsonTokenType.String ? reader.GetString()! : throw new JsonException("not a list of texts"));
        return texts;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}

[JsonSerializable(typeof(ShieldRuleFile))]
[JsonSerializable(typeof(ShieldRuleText))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
internal sealed partial class ShieldRuleJson : JsonSerializerContext;
