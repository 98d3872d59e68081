namespace MfaGateway.Policy.Documents;

/// <summary>Something wrong with a policy document.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.rules[2].when.group</c>.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record PolicyProblem(string Path, string Message, string Remedy)
{
    /// <summary>One line: path, message, remedy.</summary>
    public override string ToString() => $"{Path}: {Message}. {Remedy}{(Remedy.EndsWith('?') ? "" : ".")}";
}
