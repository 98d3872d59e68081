using MfaGateway.Policy.Documents;

namespace MfaGateway.Outcome;

/// <summary>Text of strangers in a log: one line of bounded length, so that it cannot pretend to be other lines.</summary>
internal static class LogText
{
    private const int MaxLength = 300;

    public static string OneLine(string text)
    {
        var cut = text.Length > MaxLength ? text[..MaxLength] + "…" : text;
        return string.Create(cut.Length, cut, static (line, from) =>
        {
            for (var n = 0; n < from.Length; n++) line[n] = MisleadingText.Includes(from[n]) ? ' ' : from[n];
        });
    }
}
