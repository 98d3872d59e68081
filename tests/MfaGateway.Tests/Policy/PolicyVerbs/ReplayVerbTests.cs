using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MfaGateway.Audit;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Host.PolicyVerbs.Replay;
using MfaGateway.Policy;
using MfaGateway.Tests.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

public sealed class ReplayVerbTests : IDisposable
{
    private const string InForce = """{ "version": 1, "rules": [ { "id": "staff", "effect": "permit", "when": { "group": ["Staff"] }, "demand": { "mfa": true } } ] }""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("replay-");

    public void Dispose() => _directory.Delete(recursive: true);

    private static AuditEvent Decision(string user, DecisionKind decision, string reference, bool mfa = true, string[]? groups = null) => new()
    {
        Timestamp = Policies.Now,
        Action = AuditActions.Decision,
        Outcome = "success",
        Id = reference,
        UserName = user,
        Resource = "owa",
        Path = "/owa/",
        Method = "GET",
        SourceIp = "10.1.2.3",
        Decision = decision.ToCode(),
        Policy = "0123456789ab",
        FactGroups = groups ?? ["Staff"],
        FactGroupCount = (groups ?? ["Staff"]).Length,
        FactMfa = mfa,
    };

    private static string Text(AuditEvent line) => JsonSerializer.Serialize(line, AuditJson.Default.AuditEvent);

    private static string Lines(params AuditEvent[] lines) => string.Concat(lines.Select(line => Text(line) + "\n"));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Policy(params string[] rules) =>
        Write($"policy-{_directory.GetFiles().Length}.json", $$"""{ "version": 1, "rules": [ {{string.Join(',', rules)}} ] }""");

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, byte[]? input = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { PolicyCommands.Create(TextReader.Null, new FakeTimeProvider(Policies.Now), () => new MemoryStream(input ?? [])) };
        var exit = await root.Parse(["policy", "replay", .. arguments]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }

    private static async Task<(int Exit, JsonElement Json)> RunJsonAsync(params string[] arguments)
    {
        var (exit, output, error) = await RunAsync([.. arguments, "--json"]);
        Assert.Equal("", error);
        return (exit, JsonElement.Parse(output));
    }

    [Fact]
    public async Task A_document_that_changes_nothing_exits_0()
    {
        var audit = Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A"), Decision("bob", DecisionKind.StepUp, "B", mfa: false)));

        var (exit, output, error) = await RunAsync(["--audit", audit, "--policy", Write("policy.json", InForce)]);

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal("2 lines: 2 decisions, 0 of something else, 0 unreadable\n0 of 2 decisions made again come out differently\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Who_gets_another_answer_is_told_by_rule_and_user_with_a_count_and_a_sample()
    {
        var audit = Write("audit.jsonl", Lines(
            Decision("alice", DecisionKind.Allow, "A-1"), Decision("alice", DecisionKind.Allow, "A-2"), Decision("alice", DecisionKind.StepUp, "A-3", mfa: false),
            Decision("bob", DecisionKind.Allow, "B-1", mfa: false), Decision("carol", DecisionKind.Deny, "C-1"), Decision("dave", DecisionKind.Allow, "D-1")));
        var policy = Policy(
            """{ "id": "staff", "effect": "permit", "when": { "group": ["Staff"] }, "demand": { "mfa": true } }""",
            """{ "id": "no-alice", "effect": "forbid", "when": { "user": ["alice"] } }""");

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", policy);
        var (_, text, _) = await RunAsync(["--audit", audit, "--policy", policy]);

        Assert.Equal(1, exit);
        Assert.Equal((6, 1, 5), (json.GetProperty("decisions").GetInt32(), json.GetProperty("same").GetInt32(), json.GetProperty("different").GetInt32()));
        Assert.Equal(
            """{"count":3,"rules":[{"rule":"no-alice","reason":"forbidden","count":3,"users":[{"user":"alice","was":"allow","count":2,"reference":"A-1"},{"user":"alice","was":"step-up","count":1,"reference":"A-3"}]}]}""",
            json.GetProperty("newlyDenied").ToString());
        Assert.Equal(
            """{"count":1,"rules":[{"rule":"staff","reason":"mfa-required","count":1,"users":[{"user":"bob","was":"allow","count":1,"reference":"B-1"}]}]}""",
            json.GetProperty("newlyAsked").ToString());
        Assert.Equal(
            """{"count":1,"rules":[{"rule":"staff","reason":"permitted","count":1,"users":[{"user":"carol","was":"deny","count":1,"reference":"C-1"}]}]}""",
            json.GetProperty("newlyAllowed").ToString());
        Assert.Contains("newly denied: 3 requests of 1 user\n  by no-alice (forbidden): 3 requests of 1 user\n    alice  2  was allow    for example A-1", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_another_document_the_recorded_answers_do_not_count()
    {
        var audit = Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Deny, "A"), Decision("bob", DecisionKind.Deny, "B")));
        var (old, next) = (Policy("""{ "id": "p", "effect": "permit" }"""), Policy("""{ "id": "p", "effect": "permit", "when": { "user": ["alice"] } }"""));

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", next, "--against", old);

        Assert.Equal((1, 1, 1, 0), (exit, json.GetProperty("same").GetInt32(), json.GetProperty("newlyDenied").GetProperty("count").GetInt32(), json.GetProperty("newlyAllowed").GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Lines_of_another_engine_and_of_other_documents_are_compared_with_what_was_recorded()
    {
        var opa = Decision("alice", DecisionKind.Deny, "A") with { Policy = null, Rules = ["opa"] };
        var audit = Write("audit.jsonl", Lines(opa, Decision("bob", DecisionKind.Allow, "B") with { Policy = "ba9876543210" }));

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", Write("policy.json", InForce));

        Assert.Equal((1, 1, 1), (exit, json.GetProperty("same").GetInt32(), json.GetProperty("newlyAllowed").GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_document_on_trial_is_tried_as_if_it_were_in_force_and_its_report_only_rules_are_not()
    {
        var audit = Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")));
        var policy = Write("policy.json", """
            { "version": 1, "state": "report-only", "rules": [ { "id": "p", "effect": "permit" }, { "id": "f", "effect": "forbid", "state": "report-only" } ] }
            """);

        Assert.Equal(0, (await RunJsonAsync("--audit", audit, "--policy", policy)).Exit);
    }

    [Fact]
    public async Task Lines_that_are_no_decisions_are_counted_and_nothing_to_compare_is_no_success()
    {
        var signIn = Decision("alice", DecisionKind.Allow, "A") with { Action = AuditActions.SignIn, Decision = null };

        var (exit, output, _) = await RunAsync(["--audit", Write("audit.jsonl", Lines(signIn) + "\n\n"), "--policy", Write("policy.json", InForce)]);

        Assert.Equal(1, exit);
        Assert.Contains("1 line: 0 decisions, 1 of something else, 0 unreadable", output, StringComparison.Ordinal);
        Assert.Contains("no decision could be made again, so this says nothing", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_depends_on_what_its_line_does_not_tell_is_not_guessed()
    {
        var member = Decision("alice", DecisionKind.Allow, "A") with { FactGroupCount = 7 };
        var audit = Write("audit.jsonl", Lines(member, member with { UserName = "bob", Id = "B" }));
        var policy = Policy(
            """{ "id": "staff", "effect": "permit", "when": { "group": ["Staff"] } }""",
            """{ "id": "no-contractors", "effect": "forbid", "when": { "group": ["Contractors"], "user": ["bob"] } }""");

        var (exit, output, _) = await RunAsync(["--audit", audit, "--policy", policy]);

        Assert.Equal(1, exit);
        Assert.Contains("0 of 1 decisions made again come out differently", output, StringComparison.Ordinal);
        Assert.Contains("1 decision could not be made again", output, StringComparison.Ordinal);
        Assert.Contains($"1  the line does not tell whether the user is in `Contractors`  for example {audit} line 2, byte offset {Lines(member).Length}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cut_in_the_middle_of_a_line_is_judged_to_there_and_the_place_is_named()
    {
        var whole = Lines(Decision("alice", DecisionKind.Allow, "A"));
        var audit = Write("audit.jsonl", whole + Text(Decision("bob", DecisionKind.Allow, "B"))[..100]);

        var (exit, output, _) = await RunAsync(["--audit", audit, "--policy", Write("policy.json", InForce)]);

        Assert.Equal(1, exit);
        Assert.Contains("0 of 1 decisions made again come out differently", output, StringComparison.Ordinal);
        Assert.Contains($"{audit} line 2, byte offset {whole.Length}: not valid JSON at byte 101 of the line; the file ends in the middle of this line", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_line_that_only_lacks_its_end_is_whole()
    {
        var audit = Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")).TrimEnd('\n'));

        Assert.Equal(0, (await RunJsonAsync("--audit", audit, "--policy", Write("policy.json", InForce))).Exit);
    }

    public static TheoryData<string, byte[], string> Damages => new()
    {
        { "another line", "[1, 2]"u8.ToArray(), "not an audit line" },
        { "a field missing", "{\"@timestamp\":\"2026-01-01T00:00:00Z\"}"u8.ToArray(), "not an audit line" },
        { "null", "null"u8.ToArray(), "`null` is no audit line" },
        { "NUL bytes", new byte[300], "not valid JSON at byte 1 of the line" },
        { "UTF-16", Encoding.Unicode.GetBytes("{}"), "not valid JSON" },
        { "invalid UTF-8", [.. "{\"event.id\":\""u8, 0xC3, 0x28, .. "\"}"u8], "the value at $['event.id'] is of the wrong kind, is no valid text" },
        { "half a surrogate pair", "{\"event.id\":\"\\ud800\"}"u8.ToArray(), "the value at $['event.id'] is of the wrong kind, is no valid text" },
        { "a wrong type", "{\"gateway.facts.mfa\":\"yes\"}"u8.ToArray(), "the value at $['gateway.facts.mfa'] is of the wrong kind" },
        { "a wrong type in a list", "{\"gateway.facts.groups\":[1]}"u8.ToArray(), "the value at $['gateway.facts.groups'][0] is of the wrong kind" },
        { "null for a reference", "{\"event.id\":null}"u8.ToArray(), "the value at $['event.id'] is of the wrong kind" },
        { "not a time", "{\"@timestamp\":\"yesterday\"}"u8.ToArray(), "the value at $.@timestamp is of the wrong kind" },
        { "a key twice", "{\"event.id\":\"a\",\"event.id\":\"b\"}"u8.ToArray(), "stands there twice" },
        { "deep nesting", Encoding.ASCII.GetBytes("{\"x\":" + new string('[', 10_000)), "not valid JSON at byte" },
        { "10 MB", Encoding.ASCII.GetBytes(new string('x', 10_000_000)), "longer than 1,048,576 bytes" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_line_is_named_and_the_others_are_judged(string what, byte[] damage, string problem)
    {
        var good = Encoding.UTF8.GetBytes(Lines(Decision("alice", DecisionKind.Allow, "A")));
        var audit = Path.Combine(_directory.FullName, "audit.jsonl");
        await File.WriteAllBytesAsync(audit, [.. good, .. damage, (byte)'\n', .. good], TestContext.Current.CancellationToken);

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", Write("policy.json", InForce));

        var line = Assert.Single(json.GetProperty("unreadable").GetProperty("first").EnumerateArray());
        Assert.Equal((1, 3, 2, 2, good.Length), (exit, json.GetProperty("lines").GetInt32(), json.GetProperty("same").GetInt32(), line.GetProperty("line").GetInt32(), line.GetProperty("offset").GetInt32()));
        Assert.True(line.GetProperty("problem").GetString()!.Contains(problem, StringComparison.Ordinal), $"{what}: {line}");
    }

    [Fact]
    public async Task Of_many_damaged_lines_the_first_are_named_and_all_are_counted()
    {
        var good = Lines(Decision("alice", DecisionKind.Allow, "A"));
        var audit = Write("audit.jsonl", string.Concat(Enumerable.Repeat("nonsense\n", 200_000)) + good);

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", Write("policy.json", InForce));

        var unreadable = json.GetProperty("unreadable");
        Assert.Equal((1, 200_000, 1), (exit, unreadable.GetProperty("count").GetInt32(), json.GetProperty("same").GetInt32()));
        Assert.Equal(Enumerable.Range(1, ReplayTally.MostNamed), unreadable.GetProperty("first").EnumerateArray().Select(line => line.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Several_files_compressed_ones_and_standard_input_are_read()
    {
        var line = Lines(Decision("alice", DecisionKind.Allow, "A"));
        var packed = Path.Combine(_directory.FullName, "audit.1.jsonl.gz");
        await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(line), TestContext.Current.CancellationToken);
        var audit = Write("audit.jsonl", line);

        var (exit, output, _) = await RunAsync(["--audit", audit, packed, "-", "--policy", Write("policy.json", InForce), "--json"], [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(line)]);

        Assert.Equal((0, 3), (exit, JsonElement.Parse(output).GetProperty("same").GetInt32()));
    }

    [Fact]
    public async Task A_damaged_archive_is_named_and_the_other_files_are_judged()
    {
        var packed = Write("audit.1.jsonl.gz", "this is no archive");
        var audit = Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")));

        var (exit, json) = await RunJsonAsync("--audit", packed, audit, "--policy", Write("policy.json", InForce));

        Assert.Equal((1, 1), (exit, json.GetProperty("same").GetInt32()));
        Assert.Contains("the file cannot be read any further", json.GetProperty("unreadable").GetProperty("first")[0].GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_a_gateway_is_writing_is_read()
    {
        var audit = Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")));
        await using var writer = new FileStream(audit, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

        Assert.Equal(0, (await RunJsonAsync("--audit", audit, "--policy", Write("policy.json", InForce))).Exit);
    }

    [Fact]
    public async Task Plug_ins_bring_their_conditions()
    {
        var line = Decision("alice", DecisionKind.Allow, "A") with { FactClaims = new Dictionary<string, IReadOnlyList<string>> { ["n"] = ["2"] } };
        var policy = Policy("""{ "id": "p", "effect": "permit", "when": { "employee-number": { "claim": "n", "from": 1, "to": 2 } } }""");

        Assert.Equal(0, (await RunJsonAsync("--audit", Write("audit.jsonl", Lines(line)), "--policy", policy, "--plug-ins", SamplePlugInContract.Folder)).Exit);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_wrong_usage()
    {
        var (exit, output, error) = await RunAsync(["--audit", Path.Combine(_directory.FullName, "nowhere"), "--policy", Write("policy.json", InForce)]);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("Cannot read `", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_document_exits_1_whichever_it_is()
    {
        var (audit, good, bad) = (Write("audit.jsonl", ""), Write("policy.json", InForce), Write("bad.json", "{}"));

        Assert.Equal(1, (await RunAsync(["--audit", audit, "--policy", bad])).Exit);
        Assert.Contains("is not a valid policy", (await RunAsync(["--audit", audit, "--policy", good, "--against", bad])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_input_can_be_named_only_once()
    {
        var root = new RootCommand { PolicyCommands.Create(TextReader.Null, TimeProvider.System) };

        Assert.Contains(root.Parse(["policy", "replay", "--audit", "-", "--policy", "-"]).Errors, error => error.Message == "Standard input, -, can be read only once.");
    }
}
