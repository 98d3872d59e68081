using System.CommandLine;
using System.Text.Json;
using MfaGateway.Host.PolicyVerbs;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

/// <summary>The verbs test (with files of examples), coverage, lint and format, from the command line to the exit code.</summary>
public sealed class PolicyAsCodeTests : IDisposable
{
    private const string Staff = """
        { "version": 1,
          "rules": [ { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true } } ],
          "examples": [ { "name": "staff", "request": { "resource": "owa", "groups": ["Staff"] }, "expect": "step-up", "rule": "staff" } ] }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("policy-as-code-");

    public void Dispose() => _directory.Delete(recursive: true);

    private string Policy => Write("policy.json", Staff);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, string input = "")
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { PolicyCommands.Create(new StringReader(input), new FakeTimeProvider(Policies.Now)) };
        var exit = await root.Parse(["policy", .. arguments]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Examples_of_other_files_are_run_as_well()
    {
        var one = Write("one.json", """{ "examples": [ { "name": "a stranger", "request": { "resource": "owa" }, "expect": "deny" } ] }""");
        var two = Write("two.json", """{ "$schema": "x", "examples": [ { "name": "with mfa", "request": { "resource": "owa", "groups": ["Staff"], "mfa": true }, "expect": "allow" } ] }""");

        var (exit, output, error) = await RunAsync(["test", "--policy", Policy, "--examples", one, two]);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("3 passed, 0 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_shown_with_expected_actual_and_the_condition_that_decided()
    {
        var more = Write("more.json", """{ "examples": [ { "name": "finance", "request": { "resource": "owa", "groups": ["Finance"] }, "expect": "allow", "rule": "staff" } ] }""");

        var (exit, output, _) = await RunAsync(["test", "--policy", Policy, "--examples", more]);

        Assert.Equal(1, exit);
        Assert.Matches("failed +expected +actual +because", output);
        Assert.Contains("""finance  allow staff  deny no-rule-permits  staff: group ["Staff"] says no, found Finance ($.rules[0].when.group)""", output, StringComparison.Ordinal);
        Assert.Contains("1 passed, 1 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_in_json_names_file_and_reason()
    {
        var more = Write("more.json", """{ "examples": [ { "name": "finance", "request": { "resource": "owa", "groups": ["Finance"] }, "expect": "allow" } ] }""");

        var (exit, output, _) = await RunAsync(["test", "--policy", Policy, "--examples", more, "--json"]);

        var failure = JsonElement.Parse(output).GetProperty("examples")[1];
        Assert.Equal((1, more), (exit, failure.GetProperty("file").GetString()));
        Assert.StartsWith("staff: group", failure.GetProperty("because")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "a list where an object is expected")]
    [InlineData("{ \"exampels\": [] }", "Did you mean `examples`?")]
    [InlineData("{}", "`examples` is missing")]
    [InlineData("{ \"examples\": [ { \"name\": \"x\", \"expect\": \"deny\", \"rule\": \"stuff\", \"request\": { \"resource\": \"owa\" } } ] }", "Did you mean `staff`?")]
    [InlineData("{ \"examples\": [", "not valid JSON")]
    public async Task A_file_that_holds_no_examples_is_wrong_usage(string text, string words)
    {
        var (exit, output, error) = await RunAsync(["test", "--policy", Policy, "--examples", Write("more.json", text)]);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("is not a file of examples:", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50", 0)]
    [InlineData("51", 1)]
    public async Task Coverage_lists_gaps_and_holds_a_minimum(string minimum, int expected)
    {
        var policy = Write("policy.json", Staff.Replace("\"groups\": [\"Staff\"]", "\"groups\": [\"Finance\"]", StringComparison.Ordinal)
            .Replace("\"resource\": \"owa\"", "\"resource\": \"ecp\"", StringComparison.Ordinal).Replace("step-up", "deny", StringComparison.Ordinal).Replace(", \"rule\": \"staff\"", "", StringComparison.Ordinal));

        var (exit, output, _) = await RunAsync(["coverage", "--policy", policy, "--minimum", minimum]);

        Assert.Equal(expected, exit);
        Assert.Matches("staff +\\$\\.rules\\[0\\]\\.when\\.group +`group` says yes in no example", output);
        Assert.Contains("3 of 6 covered by 1 example: 50 %", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coverage_counts_examples_of_other_files_and_answers_in_json()
    {
        var more = Write("more.json", """{ "examples": [ { "name": "a", "request": { "resource": "ecp" }, "expect": "deny" } ] }""");

        var (exit, output, _) = await RunAsync(["coverage", "--policy", Policy, "--examples", more, "--minimum", "100", "--json"]);

        var answer = JsonElement.Parse(output);
        Assert.Equal((0, 100, 2, 0), (exit, answer.GetProperty("percent").GetInt32(), answer.GetProperty("examples").GetInt32(), answer.GetProperty("gaps").GetArrayLength()));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("101")]
    [InlineData("x")]
    public async Task A_minimum_that_is_no_percentage_is_refused(string minimum)
    {
        var (exit, _, error) = await RunAsync(["coverage", "--policy", Policy, "--minimum", minimum]);

        Assert.NotEqual(0, exit);
        Assert.Contains("--minimum", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_of_warnings_only_exits_0()
    {
        var policy = Write("policy.json", Staff.Replace("\"resource\": [\"owa\"]", "\"resource\": [\"ecp\"]", StringComparison.Ordinal).Replace("step-up", "deny", StringComparison.Ordinal).Replace(", \"rule\": \"staff\"", "", StringComparison.Ordinal));

        var (exit, output, _) = await RunAsync(["lint", "--policy", policy]);

        Assert.Equal(0, exit);
        Assert.Contains("warning ecp-from-everywhere at $.rules[0], line 2", output, StringComparison.Ordinal);
        Assert.Contains("0 errors, 1 warning", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_of_errors_exits_1_and_answers_in_json()
    {
        var policy = Write("policy.json", Staff.Replace("\"permit\"", "\"forbid\"", StringComparison.Ordinal).Replace(", \"demand\": { \"mfa\": true }", "", StringComparison.Ordinal));

        var (exit, output, _) = await RunAsync(["lint", "--policy", policy, "--json"]);

        var answer = JsonElement.Parse(output);
        Assert.Equal((1, 2), (exit, answer.GetProperty("errors").GetInt32()));
        Assert.Equal(
            [("failing-example", "error", "$.examples[0]"), ("nothing-permitted", "error", "$.rules")],
            answer.GetProperty("findings").EnumerateArray().Select(f => (f.GetProperty("id").GetString(), f.GetProperty("level").GetString(), f.GetProperty("path").GetString())).Order());
    }

    [Fact]
    public async Task Lint_of_a_clean_policy_says_so()
    {
        var (exit, output, _) = await RunAsync(["lint", "--policy", Policy]);

        Assert.Equal(0, exit);
        Assert.Contains("nothing to find fault with", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coverage")]
    [InlineData("lint")]
    [InlineData("format")]
    public async Task An_invalid_document_exits_1_with_its_problems(string verb)
    {
        var (exit, output, _) = await RunAsync([verb, "--policy", Write("bad.json", "{ \"version\": 1,, }")]);

        Assert.Equal(1, exit);
        Assert.Contains("$.version, line 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Format_prints_and_leaves_the_file_alone()
    {
        var policy = Policy;

        var (exit, output, _) = await RunAsync(["format", "--policy", policy]);

        Assert.Equal(0, exit);
        Assert.StartsWith("{\n  \"version\": 1,\n  \"rules\": [\n", output, StringComparison.Ordinal);
        Assert.Equal(Staff, await File.ReadAllTextAsync(policy, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Format_checks_writes_and_is_then_content()
    {
        var policy = Policy;

        var (before, said, _) = await RunAsync(["format", "--policy", policy, "--check"]);
        var (writing, _, _) = await RunAsync(["format", "--policy", policy, "--write"]);
        var (after, _, _) = await RunAsync(["format", "--policy", policy, "--check"]);

        Assert.Equal((1, 0, 0), (before, writing, after));
        Assert.Contains("is not formatted", said, StringComparison.Ordinal);
        Assert.Equal([policy], _directory.GetFiles().Select(file => file.FullName));
    }

    [Fact]
    public async Task Line_endings_of_windows_are_no_fault()
    {
        var (_, formatted, _) = await RunAsync(["format", "--policy", Policy]);

        var (exit, _, _) = await RunAsync(["format", "--policy", Write("windows.json", formatted.ReplaceLineEndings("\r\n")), "--check"]);

        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task Format_answers_in_json()
    {
        var (exit, output, _) = await RunAsync(["format", "--policy", "-", "--check", "--json"], Staff);

        Assert.Equal((1, """{"formatted":false,"changed":false,"text":null}"""), (exit, output.TrimEnd()));
    }

    [Theory]
    [InlineData("--check", "--write", "policy.json")]
    [InlineData("--write", "--json", "-")]
    public async Task Options_that_exclude_each_other_are_refused(string one, string other, string file)
    {
        var (exit, _, error) = await RunAsync(["format", "--policy", file, one, other]);

        Assert.NotEqual(0, exit);
        Assert.Contains("--write", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_ten_megabytes_is_refused_in_words()
    {
        var (exit, output, _) = await RunAsync(["test", "--policy", Write("big.json", new string(' ', 10_000_000))]);

        Assert.Equal(1, exit);
        Assert.Contains("longer than 2,097,152 characters", output, StringComparison.Ordinal);
    }
}
