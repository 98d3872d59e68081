using System.CommandLine;
using MfaGateway.Host.PolicyVerbs;

namespace MfaGateway.Host.ShieldVerbs;

/// <summary>The verbs below <c>shield</c>. They need nothing but the files they are given.</summary>
internal static class ShieldCommands
{
    /// <summary>The command <c>shield</c> with its verbs.</summary>
    /// <param name="input">What <c>-</c> reads: standard input.</param>
    public static Command Create(TextReader input)
    {
        var command = new Command("shield", "The rules against known attacks: what there is, and whether it does what it should.");
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(CreateTest(new InputFiles(input, Console.OpenStandardInput)));
        return command;
    }

    private static Command CreateList()
    {
        var (source, json) = (new RuleSource(), PolicyCommands.JsonOption());
        var command = new Command("list", """
            List the rules against known attacks: those that come with the gateway, and those of the configuration or of further files.
            Exit code 0, or 1 when a file is not valid.

            Examples:
              mfagw shield list
              mfagw shield list --config gateway.json          with the modes that hold there
              mfagw shield list --rules emergency.jsonl --json
            """) { json };
        source.AddTo(command);
        command.SetAction(parse => source.Use(parse, parse.GetValue(json), (shield, streams) => ListVerb.Run(shield, streams, parse.GetValue(json))));
        return command;
    }

    private static Command CreateTest(InputFiles files)
    {
        var (source, json) = (new RuleSource(), PolicyCommands.JsonOption());
        var request = new Option<string>("--request") { HelpName = "FILE", Description = "A request to try: GET /owa/… on the first line, headers below; - reads standard input." };
        var url = new Option<string>("--url") { HelpName = "TARGET", Description = "A request to try: path and query as they travel, for example /owa/?a=b." };
        var method = new Option<string>("--method") { HelpName = "VERB", Description = "Its verb. Default GET.", DefaultValueFactory = _ => "GET" };
        var headers = new Option<string[]>("--header") { HelpName = "NAME: VALUE", Description = "A header of it; may be repeated." };
        var command = new Command("test", """
            Run the examples of all rules; or say what the shield does with one request, given by --request or by --url.
            Exit code 0: every example passes, or the request would go on. 1: a file is not valid or an example fails, or the request would be refused.
            2: wrong usage.

            Examples:
              mfagw shield test                                              the rules that come with the gateway
              mfagw shield test --rules emergency.jsonl                      before it is put into force
              mfagw shield test --config gateway.json --url '/owa/?x=%70owershell'
              mfagw shield test --url /owa/service.svc --method POST --header 'X-OWA-ExplicitLogonUser: owa/a@b.example'
              printf 'POST /ecp/x.js HTTP/1.1\nCookie: a=b\n' | mfagw shield test --request - --json
            """) { request, url, method, headers, json };
        source.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(request) is not null && result.GetResult(url) is not null) result.AddError("Say which request: --request or --url, not both.");
            if (result.GetResult(url) is null && result.GetResult(headers) is not null) result.AddError("--header belongs to a request: add --url.");
        });
        command.SetAction(async (parse, cancellationToken) =>
        {
            var text = parse.GetValue(url) is { } target ? $"{parse.GetValue(method)} {target}\n{string.Join('\n', parse.GetValue(headers) ?? [])}" : null;
            if (parse.GetValue(request) is { } file)
            {
                (text, var why) = await files.ReadAsync(file, cancellationToken);
                if (text is null) return Streams.Of(parse).Complain([why]);
            }

            return source.Use(parse, parse.GetValue(json), (shield, streams) => text is null
                ? TestVerb.RunExamples(shield, streams, parse.GetValue(json))
                : TestVerb.Ask(shield, text, streams, parse.GetValue(json)));
        });
        return command;
    }
}
