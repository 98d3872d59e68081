using System.CommandLine;
using System.Text.Json;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Tests.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

public sealed class PolicyCommandsTests : IDisposable
{
    private const string Staff = """
        { "version": 1,
          "rules": [ { "id": "staff", "effect": "permit", "when": { "resource": ["owa"], "group": ["Staff"] }, "demand": { "mfa": true } },
                     { "id": "trial", "effect": "forbid", "when": { "not": { "user": ["*@contoso.com"] } }, "state": "report-only" } ],
          "examples": [ { "name": "staff without a second factor", "request": { "resource": "owa", "groups": ["Staff"] }, "expect": "EXPECT", "rule": "staff" } ] }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("policy-verbs-");

    public void Dispose() => _directory.Delete(recursive: true);

    private string Good => Write("policy.json", Staff.Replace("EXPECT", "step-up", StringComparison.Ordinal));

    private string Failing => Write("failing.json", Staff.Replace("EXPECT", "allow", StringComparison.Ordinal));

    private string Invalid => Write("invalid.json", """{ "version": 1, "rulez": [] }""");

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
    public async Task Test_of_a_good_policy_lists_its_examples_and_exits_0()
    {
        var (exit, output, error) = await RunAsync(["test", "--policy", Good]);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("ok  staff without a second factor  step-up  staff", output, StringComparison.Ordinal);
        Assert.Contains("1 passed, 0 failed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("explain", "--request", "-")]
    [InlineData("coverage")]
    [InlineData("lint")]
    public async Task A_policy_with_conditions_of_plug_ins_is_tried_with_their_folder(params string[] verb)
    {
        var policy = Write("plug-in.json", """{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { "employee-number": { "claim": "n", "from": 1, "to": 2 } } } ] }""");

        var without = await RunAsync([.. verb, "--policy", policy], """{ "resource": "owa" }""");
        var with = await RunAsync([.. verb, "--policy", policy, "--plug-ins", SamplePlugInContract.Folder], """{ "resource": "owa" }""");

        Assert.Equal(1, without.Exit);
        Assert.Contains("unknown condition `employee-number`", without.Output, StringComparison.Ordinal);
        Assert.NotEqual(2, with.Exit);
        Assert.DoesNotContain("unknown condition", with.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plug_in_that_cannot_be_used_is_wrong_usage_and_said()
    {
        var (exit, output, error) = await RunAsync(["test", "--policy", Good, "--plug-ins", Path.Combine(_directory.FullName, "nowhere")]);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("The plug-ins cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_of_a_failing_example_says_what_was_expected_and_exits_1()
    {
        var (exit, output, _) = await RunAsync(["test", "--policy", Failing]);

        Assert.Equal(1, exit);
        Assert.Contains("FAIL  staff without a second factor  step-up  staff  expected allow staff", output, StringComparison.Ordinal);
        Assert.Contains("0 passed, 1 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_of_an_invalid_policy_lists_path_message_and_remedy_and_exits_1()
    {
        var (exit, output, _) = await RunAsync(["test", "--policy", Invalid]);

        Assert.Equal(1, exit);
        Assert.Contains("2 problems", output, StringComparison.Ordinal);
        Assert.Contains("$.rulez", output, StringComparison.Ordinal);
        Assert.Contains("Did you mean `rules`?", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_of_a_policy_without_examples_recommends_some_and_exits_0()
    {
        var policy = Write("plain.json", """{ "version": 1, "rules": [ { "id": "p", "effect": "permit" } ] }""");

        var (exit, output, _) = await RunAsync(["test", "--policy", policy]);

        Assert.Equal(0, exit);
        Assert.Contains("It has no examples", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_answers_in_json()
    {
        var (exit, output, _) = await RunAsync(["test", "--policy", Failing, "--json"]);

        var answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1, exit);
        Assert.False(answer.GetProperty("valid").GetBoolean());
        Assert.Equal(1, answer.GetProperty("failed").GetInt32());
        Assert.Equal("step-up", answer.GetProperty("examples")[0].GetProperty("decision").GetString());
        Assert.Equal("$.examples[0]", answer.GetProperty("problems")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Explain_tells_decision_conditions_demands_and_trial_rules()
    {
        var (exit, output, error) = await RunAsync(["explain", "--policy", Good, "--request", "-"], """{ "resource": "owa", "user": "a@x.test", "groups": ["Staff"] }""");

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("step-up (mfa-required) by staff", output, StringComparison.Ordinal);
        Assert.Contains("""yes    group     ["Staff"]  Staff""", output, StringComparison.Ordinal);
        Assert.Contains("signing in again can bring it", output, StringComparison.Ordinal);
        Assert.Contains("If the report-only rules were on: deny (forbidden)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_in_json_has_exactly_the_documented_members()
    {
        var request = Write("request.json", """{ "resource": "ecp", "groups": ["Staff"] }""");

        var (exit, output, _) = await RunAsync(["explain", "--policy", Good, "--request", request, "--json"]);

        var answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, exit);
        Assert.Equal(["decision", "reason", "rules", "demands", "reportOnly"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("deny", "no-rule-permits"), (answer.GetProperty("decision").GetString(), answer.GetProperty("reason").GetString()));
        var rule = answer.GetProperty("rules")[0];
        Assert.Equal(["no", "yes"], rule.GetProperty("conditions").EnumerateArray().Select(condition => condition.GetProperty("says").GetString()));
        var inner = answer.GetProperty("rules")[1].GetProperty("conditions")[0].GetProperty("conditions")[0];
        Assert.Equal(("user", "nobody"), (inner.GetProperty("condition").GetString(), inner.GetProperty("found").GetString()));
        Assert.Equal("trial", answer.GetProperty("reportOnly")[0].GetProperty("rule").GetString());
    }

    [Fact]
    public async Task Explain_with_an_invalid_policy_exits_1()
    {
        var (exit, output, _) = await RunAsync(["explain", "--policy", Invalid, "--request", "-"], "{}");

        Assert.Equal(1, exit);
        Assert.Contains("is not a valid policy", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "not valid JSON at line 1")]
    [InlineData("", "not valid JSON at line 1")]
    [InlineData("[]", "a list where an object is expected")]
    [InlineData("""{ "resource": "owa", "group": [] }""", "Did you mean `groups`?")]
    public async Task A_malformed_request_is_wrong_usage_and_said_in_a_sentence(string request, string words)
    {
        var (exit, output, error) = await RunAsync(["explain", "--policy", Good, "--request", "-"], request);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("`-` is not a request:", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test", "--policy", "{0}/absent.json")]
    [InlineData("test", "--policy", "{0}")]
    [InlineData("test", "--policy", "{1}", "--examples", "{0}/absent.json")]
    [InlineData("coverage", "--policy", "{0}/absent.json")]
    [InlineData("lint", "--policy", "{0}/absent.json")]
    [InlineData("format", "--policy", "{0}/absent.json")]
    [InlineData("explain", "--policy", "{1}", "--request", "{0}/absent.json")]
    public async Task A_file_that_cannot_be_read_is_wrong_usage_and_said_in_a_sentence(params string[] arguments)
    {
        var (exit, output, error) = await RunAsync([.. arguments.Select(argument =>
            argument.Replace("{0}", _directory.FullName, StringComparison.Ordinal).Replace("{1}", Good, StringComparison.Ordinal))]);

        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith("Cannot read `", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("explain")]
    [InlineData("coverage")]
    [InlineData("lint")]
    [InlineData("format")]
    public async Task Help_shows_examples(string verb)
    {
        var (exit, output, _) = await RunAsync([verb, "--help"]);

        Assert.Equal(0, exit);
        Assert.Contains($"mfagw policy {verb} --policy policy.json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_into_a_file_has_no_colours()
    {
        var (_, output, _) = await RunAsync(["test", "--policy", Failing]);

        Assert.DoesNotContain('\u001b', output);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("explain", "--policy", "x")]
    [InlineData("coverage")]
    [InlineData("lint")]
    [InlineData("format")]
    public async Task A_missing_option_is_refused(params string[] arguments)
    {
        var (exit, _, error) = await RunAsync(arguments);

        Assert.NotEqual(0, exit);
        Assert.Contains("is required", error, StringComparison.Ordinal);
    }
}
