namespace MfaGateway.SignOn.Kerberos.Diagnosis;

/// <summary>What an examination found.</summary>
public enum FindingOutcome
{
    /// <summary>It is as it should be.</summary>
    Good,

    /// <summary>It is not.</summary>
    Bad,

    /// <summary>It could not be examined, because of what was found before or because somebody does not answer.</summary>
    Unknown,
}

/// <summary>One thing that was examined.</summary>
/// <param name="Subject">What: <c>settings</c>, <c>keytab</c>, <c>domain-controller</c>, <c>clock</c>, <c>account</c>, <c>service</c>, <c>user</c>, <c>directory</c>.</param>
/// <param name="Outcome">How it is.</param>
/// <param name="Message">What was found.</param>
/// <param name="Code">The reason code that the audit trail bears for it; null when all is well.</param>
/// <param name="Remedy">What to do; null when nothing.</param>
public sealed record SignOnFinding(string Subject, FindingOutcome Outcome, string Message, string? Code = null, string? Remedy = null)
{
    internal static SignOnFinding Good(string subject, string message) => new(subject, FindingOutcome.Good, message);

    internal static SignOnFinding Bad(string subject, SignOnFailure failure, string message, string remedy) =>
        new(subject, FindingOutcome.Bad, message, failure.Code, $"{remedy} See {failure.Remedy}.");

    internal static SignOnFinding Unknown(string subject, string message, string remedy) => new(subject, FindingOutcome.Unknown, message, null, remedy);
}
