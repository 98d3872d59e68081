using System.Text.Json;

namespace MfaGateway.Shield;

/// <summary>
/// JSON of others, read in the only way it can be read. Refused is what readers take differently: a name that stands twice (RFC 8259, section 4), and half of a surrogate pair,
/// which JSON can spell and no text can hold (section 8.2); the framework's reader throws on it only when the text is asked for.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions _options = new() { AllowDuplicateProperties = false };

    /// <summary>The value, or null when these bytes are no JSON, or JSON with two readings.</summary>
    /// <param name="utf8">A whole JSON text.</param>
    public static JsonElement? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return HasWholeTexts(utf8, default) ? JsonElement.Parse(utf8, _options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether every name and text is one, without halves of surrogate pairs.</summary>
    /// <param name="utf8">A whole JSON text.</param>
    /// <param name="options">What else may stand in it.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static bool HasWholeTexts(ReadOnlySpan<byte> utf8, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(utf8, options);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsWhole(ref reader)) return false;
        }

        return true;
    }

    private static bool IsWhole(ref Utf8JsonReader text)
    {
        try
        {
            _ = text.GetString();
            return true;
        }
        catch (InvalidOperationException) // no method asks without throwing
        {
            return false;
        }
    }
}
