namespace MfaGateway.Policy.Documents;

/// <summary>
/// What makes a reader see other text than there is: control characters, ends of lines, and the marks that turn the order of letters round (Unicode Standard Annex 9, 2), with which one
/// name can look like another.
/// </summary>
internal static class MisleadingText
{
    public static bool Includes(char character) => char.IsControl(character)
        || character is '\u2028' or '\u2029' or '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>The text with a question mark in the place of each such character.</summary>
    public static string MadePlain(string text) => text.Any(Includes) ? string.Concat(text.Select(character => Includes(character) ? '?' : character)) : text;
}
