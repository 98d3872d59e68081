namespace MfaGateway.Policy.Lint;

/// <summary>Something in a valid document that its author will hardly have meant.</summary>
/// <param name="Id">A stable code.</param>
/// <param name="IsError">Whether it cannot have been meant.</param>
/// <param name="Path">Where, as a JSON path.</param>
/// <param name="Why">What was found and what follows from it.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record LintFinding(string Id, bool IsError, string Path, string Why, string Remedy)
{
    /// <summary>The line of the document.</summary>
    public int? Line { get; init; }

    public static LintFinding Error(string id, string path, string why, string remedy) => new(id, IsError: true, path, why, remedy);

    public static LintFinding Warning(string id, string path, string why, string remedy) => new(id, IsError: false, path, why, remedy);
}
