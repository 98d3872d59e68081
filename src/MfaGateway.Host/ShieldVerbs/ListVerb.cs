using System.Text.Json.Nodes;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Shield.KnownAttacks;

namespace MfaGateway.Host.ShieldVerbs;

/// <summary><c>shield list</c>: which rules there are.</summary>
internal static class ListVerb
{
    public static int Run(ShieldInspection shield, Streams streams, bool json)
    {
        if (json) streams.Write(new JsonObject { ["version"] = ShieldInspection.ShippedVersion, ["rules"] = new JsonArray([.. shield.Rules.Select(ToJson)]) });
        else WriteText(shield.Rules, streams);
        return ExitCodes.Fine;
    }

    private static void WriteText(IReadOnlyList<ShieldRuleDescription> rules, Streams streams)
    {
        streams.Rows(0, [["[bold]id[/]", "[bold]CVE[/]", "[bold]mode[/]", "[bold]since[/]", "[bold]what[/]"], .. rules.Select(Row)]);
        streams.Line();
        streams.Line(Streams.Plain($"{Streams.Count(rules.Count, "rule")}; those that came with the gateway are of {ShieldInspection.ShippedVersion}."));
        streams.Line("Refused without a rule: what is not published, targets without one meaning, the cookies of the attacks of 2021.");
    }

    private static string[] Row(ShieldRuleDescription rule) =>
    [
        Streams.Plain(rule.Id),
        Streams.Plain(rule.Cves.Count switch { 0 => "-", 1 => rule.Cves[0], var n => $"{rule.Cves[0]} +{n - 1}" }),
        rule.Mode switch { "block" => "[red]block[/]", "log" => "[yellow]log[/]", var off => $"[dim]{off}[/]" },
        Streams.Plain(rule.Since ?? "-"),
        Streams.Plain(rule.File is null ? rule.What : $"{rule.What} ({Path.GetFileName(rule.File)})".TrimStart()),
    ];

    private static JsonObject ToJson(ShieldRuleDescription rule) => new()
    {
        ["id"] = rule.Id,
        ["cve"] = new JsonArray([.. rule.Cves.Select(cve => JsonValue.Create(cve))]),
        ["mode"] = rule.Mode,
        ["since"] = rule.Since,
        ["what"] = rule.What,
        ["source"] = rule.Source,
        ["file"] = rule.File,
    };
}
