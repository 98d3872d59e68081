using System.CommandLine;
using MfaGateway.Access;
using MfaGateway.Host.Commands;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary><c>policy replay</c>: who would have got another answer from this document?</summary>
internal sealed class ReplayVerb(InputFiles files, PolicyInput input, Streams streams)
{
    public static Command Create(InputFiles files)
    {
        var (policy, json, plugIns) = (PolicyCommands.PolicyOption(), PolicyCommands.JsonOption(), CommandLine.PlugInsOption());
        var audit = new Option<string[]>("--audit")
        {
            Required = true, HelpName = "FILE", AllowMultipleArgumentsPerToken = true,
            Description = "Audit files, those that were rotated as well; .gz is unpacked, - reads standard input.",
        };
        var against = new Option<string>("--against") { HelpName = "FILE", Description = "The document to compare with. Without it: the decisions as they were recorded." };
        var command = new Command("replay", """
            Make recorded decisions again with another document, and say who would be newly denied, newly asked to sign in again and newly allowed, by rule
            and user, each with the reference of a sample. Recorded decisions of every engine will do, and a running gateway may go on writing the file.

            A line that is damaged or longer than 1 MiB, or the last one when the file was cut off in it, is counted and named with file, number and byte
            offset; the others are still judged. So is a decision that depends on something its line does not tell: it is never guessed.

            Exit code 0 when something was compared and nothing would change; 1 when something would, when a line could not be read or judged, when no line
            holds a decision, or when a document is invalid; 2 when a file cannot be read or an option is wrong.

            Examples:
              mfagw policy replay --audit audit.jsonl --policy policy-next.json
              mfagw policy replay --audit audit.jsonl audit.*.jsonl --policy policy-next.json --against policy.json
              zcat audit-*.jsonl.gz | mfagw policy replay --audit - --policy policy-next.json --json
            """) { audit, policy, against, plugIns, json };
        command.Validators.Add(result =>
        {
            string?[] named = [.. result.GetValue(audit) ?? [], result.GetValue(policy), result.GetValue(against)];
            if (named.Count(file => file == InputFiles.StandardInput) > 1)
                result.AddError("Standard input, -, can be read only once.");
        });
        command.SetAction((parse, cancellationToken) => PlugInOption.RunAsync(parse, plugIns, files, (input, streams) => new ReplayVerb(files, input, streams).RunAsync(
            parse.GetRequiredValue(audit), parse.GetRequiredValue(policy), parse.GetValue(against), parse.GetValue(json), cancellationToken)));
        return command;
    }

    private async Task<int> RunAsync(string[] auditFiles, string policyFile, string? againstFile, bool json, CancellationToken cancellationToken)
    {
        var (policy, exit) = await input.OpenAsync(policyFile, json, cancellationToken);
        if (policy is null)
            return exit;
        OpenPolicy? against = null;
        if (againstFile is not null)
            (against, exit) = await input.OpenAsync(againstFile, json, cancellationToken);
        if (againstFile is not null && against is null)
            return exit;

        var judge = new BlockReplay(Replayed(policy), against is null ? null : Replayed(against));
        await using var audit = new AuditInputs();
        if (audit.Open(auditFiles, files) is { } why)
            return streams.Complain([why]);
        var tally = new ReplayTally();
        if (json)
            await audit.ReplayAsync(judge, tally, _ => { }, cancellationToken);
        else
            await streams.WithProgressAsync("Replaying", audit.Length, done => audit.ReplayAsync(judge, tally, done, cancellationToken));

        var report = new ReplayReport(tally, audit.Names);
        if (json)
            streams.Write(ReplayJson.Of(report));
        else
            ReplayText.Write(streams, report);
        return tally.IsClean ? ExitCodes.Fine : ExitCodes.No;
    }

    private static ReplayedPolicy Replayed(OpenPolicy open) => new(open.Policy, open.Text);
}
