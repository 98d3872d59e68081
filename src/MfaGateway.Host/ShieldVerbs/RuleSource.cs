using System.CommandLine;
using System.Text.Json.Nodes;
using MfaGateway.Host.Commands;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Shield.KnownAttacks;

namespace MfaGateway.Host.ShieldVerbs;

/// <summary>Which rules a verb is about: those that come with the gateway, as the configuration has them, with further files.</summary>
internal sealed class RuleSource
{
    private readonly Option<FileInfo> _config = new("--config", "-c") { HelpName = "FILE", Description = "The gateway's configuration file: its modes and files count. Default: the rules that come with the gateway." };
    private readonly Option<string[]> _rules = new("--rules") { HelpName = "FILE", Description = "Further files of rules.", AllowMultipleArgumentsPerToken = true };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_rules);
    }

    /// <summary>Runs a verb with the rules, or prints what is wrong with them.</summary>
    public int Use(ParseResult parse, bool json, Func<ShieldInspection, Streams, int> verb)
    {
        var streams = Streams.Of(parse);
        if (ShieldInspection.Load(parse.GetValue(_config)?.FullName, parse.GetValue(_rules) ?? [], out var problems) is { } rules) return verb(rules, streams);

        if (json)
        {
            var list = problems.Select(p => new JsonObject { ["path"] = p.Path, ["message"] = p.Message, ["remedy"] = p.Remedy });
            streams.Write(new JsonObject { ["valid"] = false, ["problems"] = new JsonArray([.. list]) });
        }
        else
        {
            CheckCommand.Print(problems, parse.InvocationConfiguration.Output);
        }

        return ExitCodes.No;
    }
}
