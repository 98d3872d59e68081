using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>
/// The one form in which rules see query, headers and cookies: <c>%XX</c> and <c>%uXXXX</c> are decoded until nothing changes, at most three times, a byte to the character of its number;
/// in a query <c>+</c> is a space. Exchange decodes once; what is hidden deeper was hidden from somebody.
/// </summary>
internal static class DecodedText
{
    private const int Rounds = 3;

    /// <summary>Decodes into a buffer of at least the same length; returns how much of it is used.</summary>
    public static int Decode(ReadOnlySpan<char> raw, Span<char> into, bool plusIsSpace)
    {
        raw.CopyTo(into);
        var text = into[..raw.Length];
        if (plusIsSpace) text.Replace('+', ' ');
        for (var round = 0; round < Rounds && text.Contains('%'); round++)
        {
            var length = DecodeOnce(text);
            if (length == text.Length) break;
            text = text[..length];
        }

        return text.Length;
    }

    /// <summary>Whether a pattern is found in the decoded form.</summary>
    public static bool Matches(Regex pattern, ReadOnlySpan<char> raw)
    {
        if (!raw.Contains('%')) return pattern.IsMatch(raw);
        var buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        try
        {
            return pattern.IsMatch(buffer.AsSpan(0, Decode(raw, buffer, plusIsSpace: false)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static int DecodeOnce(Span<char> text)
    {
        var to = 0;
        for (var from = 0; from < text.Length; to++)
        {
            var (value, length) = text[from] == '%' ? Escape(text[from..]) : (text[from], 1);
            text[to] = value;
            from += length;
        }

        return to;
    }

    private static (char Value, int Length) Escape(ReadOnlySpan<char> text)
    {
        if (text.Length > 5 && text[1] is 'u' or 'U' && Hex(text.Slice(2, 4)) is { } unit) return (unit, 6);
        return text.Length > 2 && Hex(text.Slice(1, 2)) is { } value ? (value, 3) : ('%', 1);
    }

    private static char? Hex(ReadOnlySpan<char> digits) =>
        ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? (char)value : null;
}
