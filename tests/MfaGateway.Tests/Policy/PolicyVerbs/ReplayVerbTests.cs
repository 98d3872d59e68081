using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MfaGateway.Audit;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Policy;
using MfaGateway.Tests.Contracts;
using static MfaGateway.Tests.Policy.PolicyVerbs.ReplayFolder;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

public sealed class ReplayVerbTests : IDisposable
{
    private readonly ReplayFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_document_that_changes_nothing_exits_0()
    {
        var audit = _folder.Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A"), Decision("bob", DecisionKind.StepUp, "B", mfa: false)));

        var (exit, output, error) = await RunAsync(["--audit", audit, "--policy", _folder.Write("policy.json", InForce)]);

        Assert.Equal((0, ""), (exit, error));
        Assert.Equal("2 lines: 2 decisions, 0 of something else, 0 unreadable\n0 of 2 decisions made again come out differently\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Who_gets_another_answer_is_told_by_rule_and_user_with_a_count_and_a_sample()
    {
        var audit = _folder.Write("audit.jsonl", Lines(
            Decision("alice", DecisionKind.Allow, "A-1"), Decision("alice", DecisionKind.Allow, "A-2"), Decision("alice", DecisionKind.StepUp, "A-3", mfa: false),
            Decision("bob", DecisionKind.Allow, "B-1", mfa: false), Decision("carol", DecisionKind.Deny, "C-1"), Decision("dave", DecisionKind.Allow, "D-1")));
        var policy = _folder.Policy(
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
        var audit = _folder.Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Deny, "A"), Decision("bob", DecisionKind.Deny, "B")));
        var (old, next) = (_folder.Policy("""{ "id": "p", "effect": "permit" }"""), _folder.Policy("""{ "id": "p", "effect": "permit", "when": { "user": ["alice"] } }"""));

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", next, "--against", old);

        Assert.Equal((1, 1, 1, 0), (exit, json.GetProperty("same").GetInt32(), json.GetProperty("newlyDenied").GetProperty("count").GetInt32(), json.GetProperty("newlyAllowed").GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Lines_of_another_engine_and_of_other_documents_are_compared_with_what_was_recorded()
    {
        var opa = Decision("alice", DecisionKind.Deny, "A") with { Policy = null, Rules = ["opa"] };
        var audit = _folder.Write("audit.jsonl", Lines(opa, Decision("bob", DecisionKind.Allow, "B") with { Policy = "ba9876543210" }));

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", _folder.Write("policy.json", InForce));

        Assert.Equal((1, 1, 1), (exit, json.GetProperty("same").GetInt32(), json.GetProperty("newlyAllowed").GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_document_on_trial_is_tried_as_if_it_were_in_force_and_its_report_only_rules_are_not()
    {
        var audit = _folder.Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")));
        var policy = _folder.Write("policy.json", """
            { "version": 1, "state": "report-only", "rules": [ { "id": "p", "effect": "permit" }, { "id": "f", "effect": "forbid", "state": "report-only" } ] }
            """);

        Assert.Equal(0, (await RunJsonAsync("--audit", audit, "--policy", policy)).Exit);
    }

    [Fact]
    public async Task Lines_that_are_no_decisions_are_counted_and_nothing_to_compare_is_no_success()
    {
        var signIn = Decision("alice", DecisionKind.Allow, "A") with { Action = AuditActions.SignIn, Decision = null };

        var (exit, output, _) = await RunAsync(["--audit", _folder.Write("audit.jsonl", Lines(signIn) + "\n\n"), "--policy", _folder.Write("policy.json", InForce)]);

        Assert.Equal(1, exit);
        Assert.Contains("1 line: 0 decisions, 1 of something else, 0 unreadable", output, StringComparison.Ordinal);
        Assert.Contains("no decision could be made again, so this says nothing", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_depends_on_what_its_line_does_not_tell_is_not_guessed()
    {
        var member = Decision("alice", DecisionKind.Allow, "A") with { FactGroupCount = 7 };
        var audit = _folder.Write("audit.jsonl", Lines(member, member with { UserName = "bob", Id = "B" }));
        var policy = _folder.Policy(
            """{ "id": "staff", "effect": "permit", "when": { "group": ["Staff"] } }""",
            """{ "id": "no-contractors", "effect": "forbid", "when": { "group": ["Contractors"], "user": ["bob"] } }""");

        var (exit, output, _) = await RunAsync(["--audit", audit, "--policy", policy]);

        Assert.Equal(1, exit);
        Assert.Contains("0 of 1 decisions made again come out differently", output, StringComparison.Ordinal);
        Assert.Contains("1 decision could not be made again", output, StringComparison.Ordinal);
        Assert.Contains($"1  the line does not tell whether the user is in `Contractors`  for example {audit} line 2, byte offset {Lines(member).Length}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_files_compressed_ones_and_standard_input_are_read()
    {
        var line = Lines(Decision("alice", DecisionKind.Allow, "A"));
        var packed = _folder.PathOf("audit.1.jsonl.gz");
        await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(line), TestContext.Current.CancellationToken);
        var audit = _folder.Write("audit.jsonl", line);

        var (exit, output, _) = await RunAsync(["--audit", audit, packed, "-", "--policy", _folder.Write("policy.json", InForce), "--json"], [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(line)]);

        Assert.Equal((0, 3), (exit, JsonElement.Parse(output).GetProperty("same").GetInt32()));
    }

    [Fact]
    public async Task A_file_that_a_gateway_is_writing_is_read()
    {
        var audit = _folder.Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")));
        await using var writer = new FileStream(audit, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

        Assert.Equal(0, (await RunJsonAsync("--audit", audit, "--policy", _folder.Write("policy.json", InForce))).Exit);
    }

    [Fact]
    public async Task Plug_ins_bring_their_conditions()
    {
        var line = Decision("alice", DecisionKind.Allow, "A") with { FactClaims = new Dictionary<string, IReadOnlyList<string>> { ["n"] = ["2"] } };
        var policy = _folder.Policy("""{ "id": "p", "effect": "permit", "when": { "employee-number": { "claim": "n", "from": 1, "to": 2 } } }""");

        Assert.Equal(0, (await RunJsonAsync("--audit", _folder.Write("audit.jsonl", Lines(line)), "--policy", policy, "--plug-ins", SamplePlugInContract.Folder)).Exit);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_wrong_usage()
    {
        var (exit, output, error) = await RunAsync(["--audit", _folder.PathOf("nowhere"), "--policy", _folder.Write("policy.json", InForce)]);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("Cannot read `", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_document_exits_1_whichever_it_is()
    {
        var (audit, good, bad) = (_folder.Write("audit.jsonl", ""), _folder.Write("policy.json", InForce), _folder.Write("bad.json", "{}"));

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
