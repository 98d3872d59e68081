using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>Opens the document a verb is about, and says itself what is wrong when there is none.</summary>
internal sealed class PolicyInput(InputFiles files, Streams streams, IReadOnlyList<IConditionFactory> conditions)
{
    /// <summary>A document that could be put in force; or what to exit with.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="json">Complain in JSON.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<(OpenPolicy? Open, int Exit)> OpenAsync(string file, bool json, CancellationToken cancellationToken)
    {
        var (text, document, exit) = await CompileAsync(file, cancellationToken);
        if (document is null)
            return (null, exit);
        return document.Policy is { } policy ? (new OpenPolicy(text, document, policy), exit) : (null, streams.Invalid(file, document.Problems, json));
    }

    /// <summary>A document, which may fail its examples, with the examples of other files; or what to exit with.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="exampleFiles">The other files.</param>
    /// <param name="json">Complain in JSON.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<(OpenPolicy? Open, int Exit)> OpenDraftAsync(string file, IReadOnlyList<string> exampleFiles, bool json, CancellationToken cancellationToken)
    {
        var (text, document, exit) = await CompileAsync(file, cancellationToken);
        if (document is null)
            return (null, exit);
        if (document.Draft is not { } policy)
            return (null, streams.Invalid(file, document.Problems, json));
        var (examples, complaints) = await new ExampleFiles(files).ReadAsync(exampleFiles, policy, cancellationToken);
        if (complaints.Count > 0)
            return (null, streams.Complain(complaints));
        return (new OpenPolicy(text, document, policy) { OtherExamples = [.. examples.Select(pair => pair.Example)] }, exit);
    }

    private async Task<(string Text, PolicyDocument? Document, int Exit)> CompileAsync(string file, CancellationToken cancellationToken)
    {
        var (text, why) = await files.ReadAsync(file, cancellationToken);
        return text is null ? ("", null, streams.Complain([why])) : (text, PolicyCompiler.Compile(text, conditions), ExitCodes.Fine);
    }
}

/// <summary>A document that was opened.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Document">What the compiler said.</param>
/// <param name="Policy">What was made of it.</param>
internal sealed record OpenPolicy(string Text, PolicyDocument Document, PolicySet Policy)
{
    /// <summary>Examples from other files.</summary>
    public IReadOnlyList<PolicyExample> OtherExamples { get; init; } = [];
}
