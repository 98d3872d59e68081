using System.Text.RegularExpressions;

namespace MfaGateway.Tests.Documentation;

/// <summary>Keeps docs/advisories.md true: the tests and the types that it names exist, and nothing stands there that was not tried.</summary>
public partial class AdvisoriesPageTests
{
    private static readonly List<string[]> Rows = [.. File.ReadLines(Repository.PathOf("docs", "advisories.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| advisory", StringComparison.Ordinal))
        .Select(line => line.Trim('|', ' ').Split(" | "))];

    [Fact]
    public void Every_advisory_has_a_test_that_exists()
    {
        var tests = Declared("tests", TestPattern());

        Assert.True(Rows.Count >= 60, $"only {Rows.Count} advisories");
        Assert.All(Rows, row =>
        {
            Assert.Equal(6, row.Length);
            var named = Quoted().Matches(row[4]).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Contains(name, tests));
        });
    }

    [Fact]
    public void Every_test_was_seen_to_fail() => Assert.All(Rows, row => Assert.Contains(row[5], new[] { "yes", "yes (both)" }));

    [Fact]
    public void Every_defence_names_a_type_that_exists()
    {
        var types = Declared("src", TypePattern());

        Assert.All(Rows, row => Assert.Contains(Defence().Match(row[3]).Groups[1].Value, types));
    }

    private static HashSet<string> Declared(string folder, Regex pattern) =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(file => pattern.Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value),
    ];

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"\b(?:class|record struct|record|struct|interface) (\w+)")]
    private static partial Regex TypePattern();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\(`(\w+)`\)$")]
    private static partial Regex Defence();
}
