using System.CommandLine;
using System.Text.Json.Nodes;
using MfaGateway.Policy.Format;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary><c>policy format</c>: the document in its canonical form, comments and all.</summary>
internal sealed class FormatVerb(InputFiles files, Streams streams)
{
    public static Command Create(InputFiles files)
    {
        var (policy, json) = (PolicyCommands.PolicyOption(), PolicyCommands.JsonOption());
        var check = new Option<bool>("--check") { Description = "Only say whether it is formatted; exit with 1 when not." };
        var write = new Option<bool>("--write") { Description = "Write the file instead of printing." };
        var command = new Command("format", """
            Write a policy document, or a file of examples, in its canonical form: keys in a fixed order, what fits on a line on one line. Values, their
            order in lists, and comments stay. Exit code 0, or 1 when the file is not JSON, or not formatted with --check.

            Examples:
              mfagw policy format --policy policy.json
              mfagw policy format --policy policy.json --check
              mfagw policy format --policy policy.json --write
            """) { policy, check, write, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(check) && result.GetValue(write))
                result.AddError("--check and --write exclude each other.");
            else if (result.GetValue(write) && result.GetValue(policy) == InputFiles.StandardInput)
                result.AddError("--write needs a file; standard input is written to standard output.");
        });
        command.SetAction((parse, cancellationToken) => new FormatVerb(files, Streams.Of(parse)).RunAsync(
            parse.GetRequiredValue(policy), parse.GetValue(check), parse.GetValue(write), parse.GetValue(json), cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(string policyFile, bool check, bool write, bool json, CancellationToken cancellationToken)
    {
        var (text, why) = await files.ReadAsync(policyFile, cancellationToken);
        if (text is null)
            return streams.Complain([why]);
        if (PolicyFormatter.Format(text, out var problems) is not { } formatted)
            return streams.Invalid(policyFile, problems, json);

        var isFormatted = text.ReplaceLineEndings("\n") == formatted; // a checkout on Windows may have other line endings
        if (write && !isFormatted && await WriteAsync(policyFile, formatted, cancellationToken) is { } complaint)
            return streams.Complain([complaint]);
        if (json)
            streams.Write(new JsonObject { ["formatted"] = isFormatted || write, ["changed"] = write && !isFormatted, ["text"] = check || write ? null : formatted });
        else if (!check && !write)
            streams.Raw(formatted);
        else
            streams.Line($"{Streams.Plain(policyFile)} {(isFormatted ? "is formatted" : write ? "was formatted" : "is not formatted; `mfagw policy format --write` does it")}");
        return check && !isFormatted ? ExitCodes.No : ExitCodes.Fine;
    }

    /// <summary>Puts a whole file in the place of the old one, so that a gateway that reloads never sees half of it.</summary>
    private static async Task<string?> WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var written = $"{path}.new";
        try
        {
            await File.WriteAllTextAsync(written, text, cancellationToken);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(written, File.GetUnixFileMode(path));
            File.Move(written, path, overwrite: true);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"Cannot write `{path}`: {error.Message}";
        }
    }
}
