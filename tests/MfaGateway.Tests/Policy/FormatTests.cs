using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MfaGateway.Policy.Format;

namespace MfaGateway.Tests.Policy;

public class FormatTests
{
    private static readonly JsonNodeOptions NodeOptions = new() { PropertyNameCaseInsensitive = false };
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly string Sample = File.ReadAllText(Repository.PathOf("deploy", "config", "policy.sample.json"));

    private static string Format(string json)
    {
        var formatted = PolicyFormatter.Format(json, out var problems);
        Assert.Empty(problems);
        return formatted!;
    }

    [Fact]
    public void Keys_stand_in_the_order_of_the_documentation_and_the_rest_stays()
    {
        const string Json = """
            { "rules": [ { "demand": { "maxAge": "00:10:00", "mfa": true }, "when": { "not": { "group": ["b", "a"] }, "resource": ["owa"] },
              "x-unknown": 1, "effect": "permit", "id": "p" } ], "version": 1 }
            """;

        Assert.Equal(
            """
            {
              "version": 1,
              "rules": [
                {
                  "id": "p",
                  "effect": "permit",
                  "when": { "resource": ["owa"], "not": { "group": ["b", "a"] } },
                  "demand": { "mfa": true, "maxAge": "00:10:00" },
                  "x-unknown": 1
                }
              ]
            }

            """.ReplaceLineEndings("\n"),
            Format(Json));
    }

    [Fact]
    public void An_empty_line_sets_apart_what_stands_behind_something_and_nothing_else()
    {
        const string Json = """
            {
              "rules": [
                { "id": "p", "effect": "permit" }

                // no more
              ],

              "version": 1
            }
            """;

        var formatted = Format(Json);

        Assert.StartsWith("{\n  \"version\": 1,\n  \"rules\": [\n", formatted, StringComparison.Ordinal);
        Assert.Equal(formatted, Format(formatted));
    }

    [Fact]
    public void An_empty_line_behind_a_comment_stays()
    {
        const string Json = """
            {
              "rules": [
                { "id": "p", "effect": "permit" }, // everybody

                // nobody
                { "id": "f", "effect": "forbid" }
              ]
            }

            """;

        Assert.Equal(Json.ReplaceLineEndings("\n"), Format(Json));
    }

    [Fact]
    public void Comments_stay_with_what_they_are_about()
    {
        const string Json = """
            // the document
            { "rules": [ // about the first rule
                { "effect": "permit", // grants
                  /* its name */ "id": "p" }, // the end of it
                // nothing more
              ],
              "version": 1 /* the only one */
              // the last word
            }
            // after all
            """;

        Assert.Equal(
            """
            // the document
            {
              "version": 1, /* the only one */
              "rules": [
                // about the first rule
                {
                  /* its name */
                  "id": "p",
                  "effect": "permit" // grants
                } // the end of it
                // nothing more
              ]
              // the last word
            }
            // after all

            """.ReplaceLineEndings("\n"),
            Format(Json));
    }

    [Fact]
    public void An_empty_line_between_rules_stays_and_several_become_one()
    {
        var formatted = Format("{ \"version\": 1,\n\n \"rules\": [\n\n\n { \"id\": \"a\" },\n\n\n\n // the second\n { \"id\": \"b\" },\n { \"id\": \"c\" }\n\n ] }");

        Assert.Equal(
            "{\n  \"version\": 1,\n\n  \"rules\": [\n    { \"id\": \"a\" },\n\n    // the second\n    { \"id\": \"b\" },\n    { \"id\": \"c\" }\n  ]\n}\n",
            formatted);
    }

    [Theory]
    [InlineData("{\n\n \"rules\": [], \"version\": 1 }", "{\n  \"version\": 1,\n  \"rules\": []\n}\n")]
    [InlineData("{ \"version\": 1,\n\n // the rules\n\n \"rules\": [] }", "{\n  \"version\": 1,\n\n  // the rules\n  \"rules\": []\n}\n")]
    public void An_empty_line_stands_before_what_it_sets_apart_and_its_comment(string json, string expected) => Assert.Equal(expected, Format(json));

    [Theory]
    [InlineData("{ \"version\": 1 /* next */, \"rules\": [] }", "{\n  \"version\": 1,\n  /* next */\n  \"rules\": []\n}\n")]
    [InlineData("{ \"version\": 1, /* this */\n \"rules\": [] }", "{\n  \"version\": 1, /* this */\n  \"rules\": []\n}\n")]
    [InlineData("{ \"version\": 1, /* one\n two */\n \"rules\": [] }", "{\n  \"version\": 1,\n  /* one\n two */\n  \"rules\": []\n}\n")]
    public void A_comment_belongs_to_the_value_before_it_only_if_it_ends_the_line(string json, string expected) => Assert.Equal(expected, Format(json));

    [Theory]
    [InlineData(140, true)]
    [InlineData(141, false)]
    public void A_rule_is_written_on_one_line_if_that_is_no_longer_than_140_characters(int length, bool fits)
    {
        var last = "    { \"id\": \"\", \"effect\": \"permit\" }";
        string Rule(int end) => last.Insert(last.IndexOf("\"\"", StringComparison.Ordinal) + 1, new string('x', length - end - last.Length));

        var lines = Format($"{{ \"rules\": [ {Rule(1)}, {Rule(0)} ] }}").Split('\n');

        Assert.Equal(fits, lines.Contains($"{Rule(1)},"));
        Assert.Equal(fits, lines.Contains(Rule(0)));
    }

    [Fact]
    public void Strings_and_numbers_stay_as_they_were_written()
    {
        const string Json = """{ "version": 1e0, "rules": [ { "id": "\u0070\/ä\"" } ] }""";

        Assert.Contains("""{ "id": "\u0070\/ä\"" }""", Format(Json), StringComparison.Ordinal);
        Assert.Contains("\"version\": 1e0,", Format(Json), StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_policy_is_formatted() => Assert.Equal(Sample.ReplaceLineEndings("\n"), Format(Sample));

    [Theory]
    [InlineData("{}", "{}\n")]
    [InlineData("[]", "[]\n")]
    [InlineData("7", "7\n")]
    [InlineData("{ /* a */ }", "{\n  /* a */\n}\n")]
    [InlineData("{\"version\":1,\"version\":2}", "{\n  \"version\": 1,\n  \"version\": 2\n}\n")]
    public void Whatever_is_json_is_formatted(string json, string expected) => Assert.Equal(expected, Format(json));

    [Fact]
    public void What_is_no_json_is_a_problem_with_its_place()
    {
        Assert.Null(PolicyFormatter.Format("{ \"version\": 1,\n oops", out var problems));

        Assert.Equal(2, Assert.Single(problems).Line);
    }

    [Fact]
    public void Formatting_changes_no_meaning_loses_no_comment_and_is_done_once()
    {
        var lines = Sample.Split('\n').Length;
        var words = Gen.OneOf("// one", "/* two */", "/* three\n four */ // five", "");

        Gen.Select(Gen.Int[0, lines - 1], words, Gen.Int).Sample(
            (line, comment, seed) =>
            {
                var text = Shuffle(Sample, new Random(seed)).Split('\n');
                text[line] += (text[line].Contains("//", StringComparison.Ordinal) ? "\n" : " ") + comment;
                var json = string.Join('\n', text);

                var formatted = Format(json);

                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json, NodeOptions, Lenient), JsonNode.Parse(formatted, NodeOptions, Lenient)));
                Assert.Equal(Comments(json), Comments(formatted));
                Assert.Equal(formatted, Format(formatted));
            },
            iter: Scale.Of(1_000));
    }

    // Swaps lines that are whole members, so that keys come in any order.
    private static string Shuffle(string json, Random random)
    {
        var lines = json.Split('\n').ToList();
        for (var round = 0; round < 5; round++)
        {
            var at = random.Next(lines.Count - 1);
            if (IsMember(lines[at]) && IsMember(lines[at + 1]))
                (lines[at], lines[at + 1]) = (lines[at + 1], lines[at]);
        }

        return string.Join('\n', lines);

        static bool IsMember(string line) => line.TrimStart().StartsWith('"') && line.EndsWith(',');
    }

    private static List<string> Comments(string json)
    {
        var comments = new List<string>();
        var reader = new Utf8JsonReader(
            System.Text.Encoding.UTF8.GetBytes(json), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.Comment) comments.Add(reader.GetComment().Trim());
        }

        comments.Sort(StringComparer.Ordinal);
        return comments;
    }
}
