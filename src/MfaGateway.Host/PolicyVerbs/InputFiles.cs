using MfaGateway.Policy.Documents;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>Reads the files named on the command line.</summary>
/// <param name="standardInput">Standard input as text.</param>
/// <param name="standardInputBytes">Opens standard input as bytes.</param>
internal sealed class InputFiles(TextReader standardInput, Func<Stream> standardInputBytes)
{
    public const string StandardInput = "-";

    public Stream StandardInputBytes() => standardInputBytes();

    /// <summary>The text of a file or of standard input, or a sentence saying why there is none.</summary>
    public async Task<(string? Text, string Why)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (path == StandardInput)
                return (await ReadBoundedAsync(standardInput, PolicyCompiler.MaxCharacters, cancellationToken), "");
            using var file = new StreamReader(path);
            return (await ReadBoundedAsync(file, new FileInfo(path).Length, cancellationToken), "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"Cannot read `{path}`: {error.Message}");
        }
    }

    /// <summary>One character more than the compiler takes is enough for it to say that there are too many.</summary>
    private static async Task<string> ReadBoundedAsync(TextReader reader, long expected, CancellationToken cancellationToken)
    {
        var buffer = new char[(int)Math.Min(PolicyCompiler.MaxCharacters, expected) + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken);
        return new string(buffer, 0, length);
    }
}
