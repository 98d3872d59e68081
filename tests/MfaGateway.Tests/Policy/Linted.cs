using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Lint;

namespace MfaGateway.Tests.Policy;

/// <summary>What lint finds in a document, written so that a test spells out only the rules that matter to it.</summary>
internal static class Linted
{
    /// <summary>A rule that lint has nothing to say about.</summary>
    public const string Good =
        """{ "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"], "network": ["intranet"] }, "demand": { "mfa": true } }""";

    /// <summary>The day on which the document is looked at.</summary>
    public static readonly DateOnly Today = new(2025, 6, 2);

    public static IReadOnlyList<LintFinding> Lint(string rules, string networks = """ "intranet": ["10.0.0.0/8"] """, string? examples = null)
    {
        var json = $$"""
            { "version": 1, "networks": { {{networks}} }, "rules": [ {{rules}} ],
              "examples": [ {{examples ?? """{ "name": "x", "expect": "deny", "request": { "resource": "calendar", "groups": ["Staff", "Admins"] } }"""}} ] }
            """;
        var document = PolicyCompiler.Compile(json);
        Assert.DoesNotContain(document.Problems, problem => !problem.Message.StartsWith("the example", StringComparison.Ordinal));
        return PolicyLint.Check(json, document, [], Today, trialDays: 30);
    }

    /// <summary>The findings about rules.</summary>
    public static IEnumerable<(string Id, string Path)> Found(string rules) =>
        Lint(rules).Where(finding => finding.Id != "unused-network").Select(finding => (finding.Id, finding.Path));
}
