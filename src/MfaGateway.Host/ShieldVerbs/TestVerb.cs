using System.Text.Json.Nodes;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Shield.KnownAttacks;

namespace MfaGateway.Host.ShieldVerbs;

/// <summary><c>shield test</c>: the examples of every rule, or one request.</summary>
internal static class TestVerb
{
    public static int RunExamples(ShieldInspection shield, Streams streams, bool json)
    {
        var results = shield.RunExamples();
        var failed = results.Count(result => !result.Passed);
        if (json)
        {
            var examples = results.Select(result => new JsonObject { ["rule"] = result.Rule, ["request"] = result.Request, ["expected"] = Expected(result), ["passed"] = result.Passed });
            streams.Write(new JsonObject { ["valid"] = true, ["passed"] = results.Count - failed, ["failed"] = failed, ["examples"] = new JsonArray([.. examples]) });
        }
        else
        {
            streams.Rows(0, [.. results.Select(Row)]);
            streams.Line();
            streams.Line($"{results.Count - failed} passed, {failed} failed");
        }

        return failed == 0 ? ExitCodes.Fine : ExitCodes.No;
    }

    public static int Ask(ShieldInspection shield, string request, Streams streams, bool json)
    {
        if (shield.Judge(request) is not { } verdict)
            return streams.Complain(["That is no request: write GET /owa/path?query on the first line, headers as Name: value below."]);

        if (json)
        {
            streams.Write(new JsonObject { ["refused"] = verdict.Reason is not null, ["reason"] = verdict.Reason, ["rule"] = verdict.Rule?.Id, ["mode"] = verdict.Rule?.Mode });
        }
        else
        {
            streams.Line(verdict.Reason is null ? "[green]goes on[/] to session and policy" : $"[red]refused[/]: {Streams.Plain(verdict.Reason)}");
            streams.Line(verdict.Rule is { } rule ? Streams.Plain($"meets rule {rule.Id} ({rule.Mode}): {rule.What}") : "meets no rule");
        }

        return verdict.Reason is null ? ExitCodes.Fine : ExitCodes.No;
    }

    private static string[] Row(ShieldExampleResult result) =>
    [
        result.Passed ? "[green]ok[/]" : "[red]FAIL[/]",
        Streams.Plain(result.Rule),
        Expected(result),
        Streams.Plain(result.Request.Replace('\n', ' ')),
    ];

    private static string Expected(ShieldExampleResult result) => result.Hit ? "hit" : "pass";
}
