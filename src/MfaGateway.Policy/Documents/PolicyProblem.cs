namespace MfaGateway.Policy.Documents;

/// <summary>Something wrong with a policy document.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.rules[2].when.group</c>.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to do about it.</param>
/// <remarks>Message and remedy quote what somebody wrote. Whoever makes a problem need not think of terminals and logs: both are bounded and printable.</remarks>
public sealed record PolicyProblem(string Path, string Message, string Remedy)
{
    private const int Longest = 2_000;

    /// <summary>What was found.</summary>
    public string Message { get; init; } = Printable(Message);

    /// <summary>What to do about it.</summary>
    public string Remedy { get; init; } = Printable(Remedy);

    /// <summary>The line of the document, from 1; <see langword="null"/> when the path stands nowhere in it.</summary>
    public int? Line { get; init; }

    /// <summary>One line: path, line, message, remedy.</summary>
    public override string ToString() => $"{Path}{(Line is { } line ? $" (line {line})" : "")}: {Message}. {Remedy}{(Remedy.EndsWith('?') ? "" : ".")}";

    private static string Printable(string text)
    {
        var shown = text.Length > Longest ? text[..Longest] + "…" : text;
        return MisleadingText.MadePlain(shown);
    }
}
