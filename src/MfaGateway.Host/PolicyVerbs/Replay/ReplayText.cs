using System.Globalization;
using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs.Replay;

/// <summary>A replay for people.</summary>
internal static class ReplayText
{
    /// <summary>Nobody reads a list of thousands; JSON has them all.</summary>
    private const int MostUsers = 10;

    public static void Write(Streams streams, ReplayReport report)
    {
        Write(streams, "[red]newly denied[/]", report.NewlyDenied);
        Write(streams, "[yellow]newly asked[/] to sign in again", report.NewlyAsked);
        Write(streams, "[green]newly allowed[/]", report.NewlyAllowed);
        var tally = report.Tally;
        streams.Line($"{Streams.Count(tally.Lines, "line")}: {Streams.Count(tally.Same + tally.Different + tally.NotJudged, "decision")}, {Number(tally.NotDecisions)} of something else, {Number(tally.Unreadable)} unreadable");
        streams.Line(tally.Same + tally.Different > 0
            ? $"{Number(tally.Different)} of {Number(tally.Same + tally.Different)} decisions made again come out differently"
            : "[red]no decision could be made again, so this says nothing[/]");
        WriteObstacles(streams, report);
        WriteUnreadable(streams, report);
    }

    private static void Write(Streams streams, string what, IReadOnlyList<AffectedRule> rules)
    {
        if (rules.Count == 0)
            return;
        var people = rules.SelectMany(rule => rule.Users).Select(user => user.User).Distinct(StringComparer.Ordinal).Count();
        streams.Line($"{what}: {Streams.Count(rules.Sum(rule => rule.Count), "request")} of {Streams.Count(people, "user")}");
        foreach (var rule in rules)
        {
            var by = rule.Decision.RuleId is { } id ? $"by [bold]{Streams.Plain(id)}[/] ({Streams.Plain(rule.Decision.Reason)})" : $"because of {Streams.Plain(rule.Decision.Reason)}";
            streams.Line($"  {by}: {Streams.Count(rule.Count, "request")} of {Streams.Count(rule.People, "user")}");
            streams.Rows(indent: 4, [.. rule.Users.Take(MostUsers).Select(Row)]);
            if (rule.Users.Count > MostUsers)
                streams.Line($"    … and {Number(rule.Users.Count - MostUsers)} more; --json lists them all");
        }

        streams.Line();
    }

    private static string[] Row(AffectedUser user) =>
    [
        user.User.Length > 0 ? Streams.Plain(user.User) : "(nobody)",
        Number(user.Found.Count),
        $"was {Streams.Coloured(user.Was)}",
        $"for example {Streams.Plain(user.Found.Reference)}",
    ];

    private static void WriteObstacles(Streams streams, ReplayReport report)
    {
        if (report.Tally.NotJudged == 0)
            return;
        streams.Line();
        streams.Line($"[yellow]{Streams.Count(report.Tally.NotJudged, "decision")} could not be made again[/]");
        streams.Rows(indent: 2, [.. report.Tally.Obstacles.Select(obstacle => new[]
        {
            Number(obstacle.Value.Count), Streams.Plain(obstacle.Key), $"for example {Place(report, obstacle.Value.First)}",
        })]);
    }

    private static void WriteUnreadable(Streams streams, ReplayReport report)
    {
        if (report.Tally.Unreadable == 0)
            return;
        streams.Line();
        streams.Line($"[red]{Streams.Count(report.Tally.Unreadable, "line")} cannot be read[/]");
        foreach (var line in report.Tally.UnreadableLines)
            streams.Line($"  {Place(report, line.At)}: {Streams.Plain(line.Problem)}");
        if (report.Tally.Unreadable > ReplayTally.MostNamed)
            streams.Line($"  … and {Number(report.Tally.Unreadable - ReplayTally.MostNamed)} more");
    }

    private static string Place(ReplayReport report, LinePlace at) =>
        string.Create(CultureInfo.InvariantCulture, $"{Streams.Plain(report.Files[at.File])} line {at.Line}, byte offset {at.Offset}");

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
