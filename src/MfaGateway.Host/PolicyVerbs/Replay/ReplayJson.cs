using System.Text.Json.Nodes;
using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>A replay as JSON. Others script against the names.</summary>
internal static class ReplayJson
{
    public static JsonObject Of(ReplayReport report)
    {
        var tally = report.Tally;
        return new JsonObject
        {
            ["lines"] = tally.Lines,
            ["decisions"] = tally.Same + tally.Different + tally.NotJudged,
            ["notDecisions"] = tally.NotDecisions,
            ["same"] = tally.Same,
            ["different"] = tally.Different,
            ["newlyDenied"] = Rules(report.NewlyDenied),
            ["newlyAsked"] = Rules(report.NewlyAsked),
            ["newlyAllowed"] = Rules(report.NewlyAllowed),
            ["notJudged"] = new JsonObject
            {
                ["count"] = tally.NotJudged,
                ["reasons"] = new JsonArray([.. tally.Obstacles.Select(obstacle => Located(report, obstacle.Value.First, new JsonObject
                {
                    ["why"] = obstacle.Key, ["count"] = obstacle.Value.Count, ["reference"] = obstacle.Value.Reference,
                }))]),
            },
            ["unreadable"] = new JsonObject
            {
                ["count"] = tally.Unreadable,
                ["first"] = new JsonArray([.. tally.UnreadableLines.Select(line => Located(report, line.At, new JsonObject { ["problem"] = line.Problem }))]),
            },
        };
    }

    private static JsonObject Rules(IReadOnlyList<AffectedRule> rules) => new()
    {
        ["count"] = rules.Sum(rule => rule.Count),
        ["rules"] = new JsonArray([.. rules.Select(rule => new JsonObject
        {
            ["rule"] = rule.Decision.RuleId,
            ["reason"] = rule.Decision.Reason,
            ["count"] = rule.Count,
            ["users"] = new JsonArray([.. rule.Users.Select(user => new JsonObject
            {
                ["user"] = user.User, ["was"] = user.Was.ToCode(), ["count"] = user.Found.Count, ["reference"] = user.Found.Reference,
            })]),
        })]),
    };

    private static JsonObject Located(ReplayReport report, LinePlace at, JsonObject json)
    {
        json["file"] = report.Files[at.File];
        json["line"] = at.Line;
        json["offset"] = at.Offset;
        return json;
    }
}
