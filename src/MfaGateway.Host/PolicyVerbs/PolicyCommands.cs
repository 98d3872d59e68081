using System.CommandLine;
using MfaGateway.Host.Commands;
using MfaGateway.Host.PolicyVerbs.Replay;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>The verbs below <c>policy</c>. They need nothing but the files they are given.</summary>
internal static class PolicyCommands
{
    /// <summary>The command <c>policy</c> with its verbs. Answers go to the output of the invocation, complaints to its error output.</summary>
    /// <param name="input">What <c>-</c> reads: standard input.</param>
    /// <param name="time">The clock for requests that do not say when they are made.</param>
    /// <param name="inputBytes">Opens standard input as bytes. Default the one of this process.</param>
    public static Command Create(TextReader input, TimeProvider time, Func<Stream>? inputBytes = null)
    {
        var files = new InputFiles(input, inputBytes ?? Console.OpenStandardInput);
        return new Command("policy", "Try out a policy document without a gateway.")
        {
            CreateTest(files),
            CreateExplain(files, time),
            CoverageVerb.Create(files),
            LintVerb.Create(files, time),
            ReplayVerb.Create(files),
            FormatVerb.Create(files),
            ImportCommands.Create(files),
        };
    }

    private static Command CreateTest(InputFiles files)
    {
        var (policy, examples, plugIns, json) = (PolicyOption(), ExamplesOption(), CommandLine.PlugInsOption(), JsonOption());
        var command = new Command("test", """
            Check a policy document and run its examples, and those of other files. Exit code 0 when all pass, 1 when the document is invalid or an
            example fails.

            Examples:
              mfagw policy test --policy policy.json
              mfagw policy test --policy policy.json --examples examples/*.json
              mfagw policy test --policy policy.json --plug-ins plug-ins
              mfagw policy test --policy policy.json --json
            """) { policy, examples, plugIns, json };
        command.SetAction((parse, cancellationToken) => PlugInOption.RunAsync(parse, plugIns, conditions => new TestVerb(files, Streams.Of(parse), conditions)
            .RunAsync(parse.GetRequiredValue(policy), parse.GetValue(examples) ?? [], parse.GetValue(json), cancellationToken)));
        return command;
    }

    private static Command CreateExplain(InputFiles files, TimeProvider time)
    {
        var (policy, plugIns, json) = (PolicyOption(), CommandLine.PlugInsOption(), JsonOption());
        var request = new Option<string>("--request") { Required = true, HelpName = "FILE", Description = "The request as JSON; - reads standard input." };
        var command = new Command("explain", """
            Say how a policy answers one request, and what every condition of every rule said. Exit code 0 whatever the answer, 1 when the
            document is invalid.

            Examples:
              mfagw policy explain --policy policy.json --request request.json
              echo '{ "resource": "owa", "groups": ["Staff"] }' | mfagw policy explain --policy policy.json --request - --json
            """) { policy, request, plugIns, json };
        command.SetAction((parse, cancellationToken) => PlugInOption.RunAsync(parse, plugIns, files, (input, streams) => new ExplainVerb(files, input, streams, time)
            .RunAsync(parse.GetRequiredValue(policy), parse.GetRequiredValue(request), parse.GetValue(json), cancellationToken)));
        return command;
    }

    public static Option<string[]> ExamplesOption() => new("--examples")
    {
        HelpName = "FILE", Description = "Files with more examples: { \"examples\": [ … ] }.", AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string> PolicyOption() => new("--policy") { Required = true, HelpName = "FILE", Description = "The policy document." };

    public static Option<bool> JsonOption() => new("--json") { Description = "Answer in JSON." };
}
