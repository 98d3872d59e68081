namespace MfaGateway.Host.PolicyVerbs;

/// <summary>Reads the files named on the command line.</summary>
internal sealed class InputFiles(TextReader standardInput)
{
    private const string StandardInput = "-";

    /// <summary>The text of a file or of standard input, or a sentence saying why there is none.</summary>
    public async Task<(string? Text, string Why)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var text = path == StandardInput
                ? await standardInput.ReadToEndAsync(cancellationToken)
                : await File.ReadAllTextAsync(path, cancellationToken);
            return (text, "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"Cannot read `{path}`: {error.Message}");
        }
    }
}
