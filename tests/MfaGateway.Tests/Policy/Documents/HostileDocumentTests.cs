using System.Diagnostics;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

/// <summary>Documents within the permitted length that try to take for ever. A bad document is read beside a gateway at work.</summary>
public class HostileDocumentTests
{
    private static string Document(string networks, string when, string more = "") =>
        $$"""{ "version": 1, "networks": { {{networks}} }, "rules": [ { "id": "p", "effect": "permit", "when": { {{when}} } } ] {{more}} }""";

    private static string Numbered(int count, Func<int, string> item) => string.Join(",", Enumerable.Range(0, count).Select(item));

    private static readonly Dictionary<string, string> Documents = new()
    {
        ["unknown names beside many known ones"] = Document(Numbered(1_000, n => $"\"network-{n}\": [\"10.0.0.0/8\"]"), $"\"network\": [{Numbered(80_000, n => $"\"nitwork-{n}\"")}]"),
        ["unknown conditions"] = Document("", Numbered(100_000, n => $"\"rsource{n}\": 1")),
        ["unknown keys"] = Document("", "", $", {Numbered(100_000, n => $"\"k{n}\": 1")}"),
        ["examples of unknown rules"] = Document("", "", $", \"examples\": [{Numbered(20_000, n => $"{{ \"name\": \"x\", \"request\": {{ \"resource\": \"owa\" }}, \"expect\": \"deny\", \"rule\": \"q{n}\" }}")}]"),
        ["a long path to many values"] = Document("", string.Concat(Enumerable.Repeat("\"not\": { ", 55)) + $"\"group\": [{Numbered(150_000, n => $"\"{n}\"")}], \"group\": 1" + string.Concat(Enumerable.Repeat(" }", 55))),
        ["a large expression"] = Document("", """ "claim": [ { "type": "x", "operator": "matches", "value": "((a{1000}){1000}){1000}" } ] """),
        ["many expressions"] = Document("", $"\"claim\": [{Numbered(5_000, n => $"{{ \"type\": \"x\", \"operator\": \"matches\", \"value\": \"(a{{100}}){{1{n % 10}}}\" }}")}]"),
        ["a deep expression"] = Document("", $$""" "claim": [ { "type": "x", "operator": "matches", "value": "{{new string('(', 1_000_000)}}" } ] """),
    };

    public static TheoryData<string> Names() => [.. Documents.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_document_that_tries_to_take_for_ever_is_read_soon(string what)
    {
        var began = Stopwatch.GetTimestamp();

        var document = PolicyCompiler.Compile(Documents[what]);

        // each takes less than a second on an idle machine, and one took five minutes before it was noticed
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(document.Problems.Count, 0, 101);
    }
}
