using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

/// <summary>How much of what was found is said, and where.</summary>
public class ProblemTests
{
    private const string Permit = """{ "id": "p", "effect": "permit" }""";

    private static IReadOnlyList<PolicyProblem> Problems(string rule, string more = "") =>
        PolicyCompiler.Compile($$"""{ "version": 1, "rules": [ {{rule}} ] {{more}} }""").Problems;

    [Fact]
    public void An_object_stands_on_the_line_where_it_begins()
    {
        var problems = Problems("\n{ \"id\": \"p\",\n \"when\": { \"group\": [\n \"a\" ] }\n }", ", \n\"examples\": [ {\n } ]");

        Assert.Equal(
            [("$.rules[0]", 2), ("$.examples[0]", 6), ("$.examples[0]", 6), ("$.examples[0]", 6)], problems.Select(problem => (problem.Path, problem.Line!.Value)));
    }

    [Theory]
    [InlineData("[7, 8]", "a number where a string is expected")]
    [InlineData("[\" \", \" \"]", "the string is empty")]
    public void What_is_no_text_is_said_once_of_each(string list, string message) => Assert.Equal(
        [message, message], Problems($$"""{ "id": "p", "effect": "permit", "when": { "group": {{list}} } }""").Select(problem => problem.Message));

    [Fact]
    public void A_rule_may_say_that_it_has_no_conditions() => Assert.Empty(Problems("""{ "id": "p", "effect": "permit", "when": {} }"""));

    [Theory]
    [InlineData(64, 0)]
    [InlineData(65, 1)]
    public void An_id_has_at_most_64_characters(int length, int problems) =>
        Assert.Equal(problems, Problems($$"""{ "id": "{{new string('x', length)}}", "effect": "permit" }""").Count);

    [Theory]
    [InlineData(80, "")]
    [InlineData(81, "…")]
    public void Eighty_characters_of_a_text_are_shown(int length, string end) => Assert.Equal(
        $"there is no rule `{new string('x', 80)}{end}`",
        Assert.Single(Problems(Permit, $$""", "examples": [ { "name": "x", "expect": "deny", "request": { "resource": "owa" }, "rule": "{{new string('x', length)}}" } ]""")).Message);

    [Theory]
    [InlineData("a_b-c$1", "$.a_b-c$1")]
    [InlineData("", "$['']")]
    [InlineData("a b", "$['a b']")]
    [InlineData("ü", "$['ü']")]
    [InlineData("1234567890123456789012345678901234567890", "$.1234567890123456789012345678901234567890")]
    [InlineData("12345678901234567890123456789012345678901", "$['12345678901234567890123456789012345678901']")]
    public void A_key_stands_in_a_path_as_it_is_unless_that_could_mislead(string key, string path) =>
        Assert.Equal(path, Assert.Single(Problems(Permit, $$""", "{{key}}": 1""")).Path);

    [Theory]
    [InlineData(2_000, 2_000)]
    [InlineData(2_001, 2_001)]
    [InlineData(9_999, 2_001)]
    public void A_message_is_cut_at_2000_characters_and_ends_in_an_ellipsis(int length, int shown) =>
        Assert.Equal((shown, length > 2_000), (new PolicyProblem("$", new string('x', length), "").Message.Length, new PolicyProblem("$", new string('x', length), "").Message.EndsWith('…')));

    [Theory]
    [InlineData("abcdefghijklmnop", "abcdefghijklmnopqrstuvwx", true)]
    [InlineData("abcdefghijklmno", "abcdefghijklmnopqrstuvwx", false)]
    public void A_long_word_may_lack_a_third(string typed, string known, bool isSlip) => Assert.Equal(isSlip ? known : null, DidYouMean.Nearest([known], typed));

    [Fact]
    public void Of_two_words_as_near_the_first_in_the_alphabet_is_meant() => Assert.Equal("staff", DidYouMean.Nearest(["stafffx", "staff"], "stafff"));

    [Fact]
    public void Examples_of_nothing_and_no_examples_are_mistakes_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => PolicyExamples.Run(null!, []));
        Assert.Throws<ArgumentNullException>(() => PolicyExamples.Run(Policies.WithRules(Permit), null!));
    }
}
