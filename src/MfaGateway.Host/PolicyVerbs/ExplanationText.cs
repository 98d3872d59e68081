using MfaGateway.Policy;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>An explanation for people: the answer first, then every rule with what its conditions and demands said.</summary>
internal static class ExplanationText
{
    public static void Write(Streams streams, PolicyExplanation explanation)
    {
        var decision = explanation.Decision;
        var by = decision.RuleId is null ? "" : $" by [bold]{Streams.Plain(decision.RuleId)}[/]";
        streams.Line($"{Streams.Coloured(decision)} ({decision.Reason}){by}");
        foreach (var rule in explanation.Rules)
        {
            streams.Line();
            streams.Line($"{ExplanationJson.Code(rule.Effect)} [bold]{Streams.Plain(rule.Id)}[/]: {Verdict(rule)}");
            streams.Rows(indent: 2, [.. Conditions(rule.Conditions, 0), .. rule.Demands.Select(Demand)]);
        }

        WriteMissing(streams, explanation.Demands);
        WriteReportOnly(streams, explanation);
    }

    private static void WriteMissing(Streams streams, IReadOnlyList<DemandExplanation> demands)
    {
        if (demands.Count == 0)
            return;
        streams.Line();
        streams.Line("Missing:");
        streams.Rows(indent: 2, [.. demands.Select(demand => new[]
        {
            demand.Name,
            Streams.Plain(demand.Wanted),
            Streams.Plain($"for {demand.RuleId}"),
            demand.BySigningIn ? "signing in again can bring it" : "[red]signing in again cannot bring it[/]",
        })]);
    }

    private static void WriteReportOnly(Streams streams, PolicyExplanation explanation)
    {
        if (explanation.ReportOnlyDecision is not { } all)
            return;
        streams.Line();
        streams.Line($"If the report-only rules were on: {Streams.Coloured(all)} ({all.Reason})");
        streams.Rows(indent: 2, [.. explanation.ReportOnly.Select(rule => new[]
        {
            Streams.Plain(rule.RuleId), rule.Applies ? "applies" : "does not apply", $"alone: {Streams.Coloured(rule.Decision)}", $"({rule.Decision.Reason})",
        })]);
    }

    private static string Verdict(RuleExplanation rule) => rule switch
    {
        { State: RuleState.Off } => "[dim]off[/]",
        { State: RuleState.ReportOnly } => $"[dim]report-only[/], {rule.Match switch { Match.Yes => "matches", Match.No => "does not match", _ => "cannot tell" }}",
        { Applies: true, Match: Match.Error } => "[yellow]cannot tell, so it applies[/]",
        { Applies: false, Match: Match.Error } => "[yellow]cannot tell, so it does not apply[/]",
        { Applies: true } => "applies",
        _ => "[dim]does not match[/]",
    };

    private static IEnumerable<string[]> Conditions(IReadOnlyList<ConditionExplanation> conditions, int depth)
    {
        foreach (var condition in conditions)
        {
            var name = string.Concat(Enumerable.Repeat("- ", depth)) + condition.Name; // a grid trims spaces
            yield return [Says(condition.Says), Streams.Plain(name), Streams.Plain(condition.Wanted), Streams.Plain(condition.Found)];
            foreach (var inner in Conditions(condition.Conditions, depth + 1))
                yield return inner;
        }
    }

    private static string[] Demand(DemandExplanation demand) =>
        [demand.Met ? "[green]met[/]" : "[yellow]unmet[/]", demand.Name, Streams.Plain(demand.Wanted), Streams.Plain(demand.Found)];

    private static string Says(Match match) => match switch
    {
        Match.Yes => "[green]yes[/]",
        Match.No => "[dim]no[/]",
        _ => "[red]error[/]",
    };
}
