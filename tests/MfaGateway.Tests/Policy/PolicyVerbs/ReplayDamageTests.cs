using System.Text;
using MfaGateway.Host.PolicyVerbs.Replay;
using MfaGateway.Policy;
using static MfaGateway.Tests.Policy.PolicyVerbs.ReplayFolder;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

/// <summary>Files that were cut, overwritten or are no audit files at all.</summary>
public sealed class ReplayDamageTests : IDisposable
{
    private readonly ReplayFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_cut_in_the_middle_of_a_line_is_judged_to_there_and_the_place_is_named()
    {
        var whole = Lines(Decision("alice", DecisionKind.Allow, "A"));
        var audit = _folder.Write("audit.jsonl", whole + Text(Decision("bob", DecisionKind.Allow, "B"))[..100]);

        var (exit, output, _) = await RunAsync(["--audit", audit, "--policy", _folder.Write("policy.json", InForce)]);

        Assert.Equal(1, exit);
        Assert.Contains("0 of 1 decisions made again come out differently", output, StringComparison.Ordinal);
        Assert.Contains($"{audit} line 2, byte offset {whole.Length}: not valid JSON at byte 101 of the line; the file ends in the middle of this line", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_line_that_only_lacks_its_end_is_whole()
    {
        var audit = _folder.Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")).TrimEnd('\n'));

        Assert.Equal(0, (await RunJsonAsync("--audit", audit, "--policy", _folder.Write("policy.json", InForce))).Exit);
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
        var audit = _folder.PathOf("audit.jsonl");
        await File.WriteAllBytesAsync(audit, [.. good, .. damage, (byte)'\n', .. good], TestContext.Current.CancellationToken);

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", _folder.Write("policy.json", InForce));

        var line = Assert.Single(json.GetProperty("unreadable").GetProperty("first").EnumerateArray());
        Assert.Equal((1, 3, 2, 2, good.Length), (exit, json.GetProperty("lines").GetInt32(), json.GetProperty("same").GetInt32(), line.GetProperty("line").GetInt32(), line.GetProperty("offset").GetInt32()));
        Assert.True(line.GetProperty("problem").GetString()!.Contains(problem, StringComparison.Ordinal), $"{what}: {line}");
    }

    [Fact]
    public async Task Of_many_damaged_lines_the_first_are_named_and_all_are_counted()
    {
        var good = Lines(Decision("alice", DecisionKind.Allow, "A"));
        var audit = _folder.Write("audit.jsonl", string.Concat(Enumerable.Repeat("nonsense\n", 200_000)) + good);

        var (exit, json) = await RunJsonAsync("--audit", audit, "--policy", _folder.Write("policy.json", InForce));

        var unreadable = json.GetProperty("unreadable");
        Assert.Equal((1, 200_000, 1), (exit, unreadable.GetProperty("count").GetInt32(), json.GetProperty("same").GetInt32()));
        Assert.Equal(Enumerable.Range(1, ReplayTally.MostNamed), unreadable.GetProperty("first").EnumerateArray().Select(line => line.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_damaged_archive_is_named_and_the_other_files_are_judged()
    {
        var packed = _folder.Write("audit.1.jsonl.gz", "this is no archive");
        var audit = _folder.Write("audit.jsonl", Lines(Decision("alice", DecisionKind.Allow, "A")));

        var (exit, json) = await RunJsonAsync("--audit", packed, audit, "--policy", _folder.Write("policy.json", InForce));

        Assert.Equal((1, 1), (exit, json.GetProperty("same").GetInt32()));
        Assert.Contains("the file cannot be read any further", json.GetProperty("unreadable").GetProperty("first")[0].GetProperty("problem").GetString(), StringComparison.Ordinal);
    }
}
