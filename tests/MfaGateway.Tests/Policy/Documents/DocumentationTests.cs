using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

/// <summary>What docs/policy.md shows works, and it speaks of everything there is.</summary>
public partial class DocumentationTests
{
    private static readonly string Text = Read();
    private static readonly string[] Samples = [.. Sample().Matches(Text).Select(match => match.Groups[1].Value)];

    [Fact]
    public void The_first_sample_is_a_valid_document() => Assert.Empty(PolicyCompiler.Compile(Samples[0]).Problems);

    [Fact]
    public void The_windows_of_time_are_valid() => Assert.Empty(PolicyCompiler.Compile(
        $$"""{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { {{Samples[1]}} } } ] }""").Problems);

    [Fact]
    public void The_recipes_are_valid_rules() => Assert.Empty(PolicyCompiler.Compile(
        $$"""{ "version": 1, "networks": { "intranet": ["10.0.0.0/8"] }, "rules": [ {{Samples[2]}} ] }""").Problems);

    [Fact]
    public void The_example_is_a_valid_example() => Assert.Empty(PolicyCompiler.Compile($$"""
        { "version": 1, "networks": { "intranet": ["10.0.0.0/8"] }, "examples": [ {{Samples[3]}} ],
          "rules": [ { "id": "ecp-inside", "effect": "forbid", "when": { "not": { "network": ["intranet"] } } } ] }
        """).Problems);

    [Fact]
    public void Every_word_of_a_document_is_explained()
    {
        string[] words =
        [
            .. new ConditionCatalog([]).Keys, .. Words.DemandKeys, .. Words.RuleKeys, .. Words.RequestKeys, .. Words.ExampleKeys, .. Words.Operators,
            .. Words.Effects.Keys, .. Words.States.Keys, .. Words.Decisions.Keys, "version", "networks", "examples",
        ];

        var missing = words.Where(word => !Text.Contains($"`{word}`", StringComparison.Ordinal) && !Text.Contains($"\"{word}\":", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [GeneratedRegex("```jsonc\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    private static string Read([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/policy.md"));
}
