using System.Net;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

/// <summary>The edges of what the readers accept, and what they say just beyond.</summary>
public class ReaderBoundaryTests
{
    private const string Permit = """{ "id": "p", "effect": "permit" }""";

    private static readonly DateTimeOffset Now = Policies.Now;

    private static string Document(string more = "", string rule = Permit) => $$"""{ "version": 1, "rules": [ {{rule}} ] {{more}} }""";

    private static string When(string when) => Document(rule: $$"""{ "id": "p", "effect": "permit", "when": { {{when}} } }""");

    private static AccessRequest? Read(string facts, out IReadOnlyList<PolicyProblem> problems) =>
        PolicyCompiler.ReadRequest($$"""{ "resource": "owa", {{facts}} }""", Now, out problems);

    [Fact]
    public void A_document_of_the_greatest_length_is_read_and_one_character_more_is_not()
    {
        var longest = Document().PadRight(PolicyCompiler.MaxCharacters);

        Assert.NotNull(PolicyCompiler.Compile(longest).Policy);
        Assert.Null(PolicyCompiler.Compile(longest + " ").Policy);
    }

    [Theory]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:0:0/96", "10.1.2.3", true)]
    [InlineData("::ffff:0:0/96", "2001:db8::1", false)]
    [InlineData("10.1.2.3/32", "10.1.2.3", true)]
    [InlineData("10.1.2.3/32", "10.1.2.4", false)]
    [InlineData("0.0.0.0/0", "203.0.113.7", true)]
    [InlineData("::1/128", "::1", true)]
    public void Networks_reach_from_one_address_to_all(string network, string address, bool inside)
    {
        var policy = Policies.PermitWhen($$""" "source": ["{{network}}"] """);

        Assert.Equal(inside, policy.Decide(Policies.Request() with { Source = IPAddress.Parse(address) }).Kind is DecisionKind.Allow);
    }

    [Theory]
    [InlineData("10.1.2.3/32", "10.1.2.3/32")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("2001:db8::1/128", "2001:db8::1/128")]
    [InlineData("10.1.2.3/33", null)]
    [InlineData("/8", null)]
    [InlineData("%1", null)]
    [InlineData("fe80::1%1", null)]
    [InlineData("[::1]", null)]
    public void Networks_of_other_products_are_brought_into_one_spelling(string text, string? expected) => Assert.Equal(expected, Cidr.Canonical(text));

    [Theory]
    [InlineData("networ", "network", "Did you mean `network`?")]
    [InlineData("xetxxrk", "network", "Known: `network`")]
    [InlineData("ab", "xy", "Known: `xy`")]
    [InlineData("abc", "abd", "Did you mean `abd`?")]
    [InlineData("internal-network", "intranet-network", "Did you mean `intranet-network`?")]
    [InlineData("a", "b", "Known: `b`")]
    [InlineData("Staff", "sTAFF", "Did you mean `sTAFF`?")]
    public void A_slip_of_the_pen_is_recognized_and_something_else_is_not(string typed, string known, string remedy) => Assert.Equal(remedy, DidYouMean.Among([known], typed));

    [Fact]
    public void Where_nothing_is_defined_nothing_is_proposed()
    {
        Assert.Equal("None is defined", DidYouMean.Among([], "x"));
        Assert.Null(DidYouMean.Nearest([], "x"));
    }

    [Theory]
    [InlineData("\"resource\": \"owa\"", "a string where a list is expected. Write `[\"owa\"]`.")]
    [InlineData("\"resource\": 7", "a number where a list is expected. Write a list.")]
    [InlineData("\"resource\": [\"owa\", 7]", "a number where a string is expected. Write a string.")]
    [InlineData("\"resource\": [\" \"]", "the string is empty. Write a value.")]
    [InlineData("\"not\": \"owa\"", "a string where an object is expected. Write an object.")]
    [InlineData("\"network\": [\"x\"]", "unknown network `x`. None is defined.")]
    public void A_value_of_the_wrong_kind_is_named_with_the_right_one(string when, string words) =>
        Assert.Contains(PolicyCompiler.Compile(When(when)).Problems, problem => problem.ToString().EndsWith(words, StringComparison.Ordinal));

    [Fact]
    public void A_place_in_the_text_is_counted_from_one() =>
        Assert.StartsWith("not valid JSON at line 2, byte 3", Assert.Single(PolicyCompiler.Compile("{\n  ,").Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void A_schema_that_is_no_text_is_refused() => Assert.Equal("$['$schema']".Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal),
        Assert.Single(PolicyCompiler.Compile(Document(", \"$schema\": 7")).Problems).Path);

    [Fact]
    public void Nothing_at_all_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => PolicyCompiler.Compile(null!));
        Assert.Throws<ArgumentNullException>(() => PolicyCompiler.ReadRequest(null!, Now, out _));
    }

    [Fact]
    public void A_question_of_a_remedy_needs_no_full_stop() =>
        Assert.Equal(("$: a. b.", "$: a. b?"), (new PolicyProblem("$", "a", "b").ToString(), new PolicyProblem("$", "a", "b?").ToString()));

    [Fact]
    public void Only_what_cannot_be_printed_is_replaced() => Assert.Equal("a?[31mb", new PolicyProblem("$", "a\u001b[31mb", "c").Message);

    [Fact]
    public void The_time_of_a_request_is_now_and_of_its_proof_as_well_unless_it_says_otherwise()
    {
        var plain = Read("\"mfa\": true", out _)!;
        var without = Read("\"user\": \"a@contoso.test\"", out _)!;
        var aged = Read("\"mfa\": true, \"mfaAge\": \"00:10:00\"", out _)!;
        var dated = Read("\"mfa\": true, \"mfaAt\": \"2025-06-02T09:00:00Z\"", out _)!;

        Assert.Equal((Now, Now), (plain.Now, plain.Subject.MfaAt));
        Assert.Null(without.Subject.MfaAt);
        Assert.Equal(Now.AddMinutes(-10), aged.Subject.MfaAt);
        Assert.Equal(new DateTimeOffset(2025, 6, 2, 9, 0, 0, TimeSpan.Zero), dated.Subject.MfaAt);
    }

    [Fact]
    public void A_proof_may_be_as_old_as_the_calendar()
    {
        var begin = PolicyCompiler.ReadRequest(
            """{ "resource": "owa", "mfa": true, "mfaAge": "00:00:01", "now": "0001-01-01T00:00:01Z" }""", Now, out _);

        Assert.Equal(DateTimeOffset.MinValue, begin!.Subject.MfaAt);
    }

    [Fact]
    public void A_request_with_a_problem_is_none_and_lists_may_be_empty()
    {
        Assert.NotNull(Read("\"groups\": []", out _));
        Assert.Null(Read("\"mfaAge\": \"00:10:00\"", out var alone));
        Assert.Equal("$.mfaAge", Assert.Single(alone).Path);
        Assert.Null(Read("\"mfaAt\": \"2025-06-02T09:00:00Z\"", out var dated));
        Assert.Equal("$.mfaAt", Assert.Single(dated).Path);
    }

    [Theory]
    [InlineData("""{ "examples": [ { "name": "x", "request": { "resource": "owa" }, "expect": "allow" } ] }""", 1, 0)]
    [InlineData("{}", 0, 1)]
    [InlineData("{ \"x\": 1 }", 0, 1)]
    [InlineData("[]", 0, 1)]
    [InlineData("{", 0, 1)]
    public void A_file_of_examples_is_read_or_refused_once(string json, int examples, int problems)
    {
        var read = PolicyExamples.ReadFile(json, PolicyCompiler.Compile(Document()).Policy!, out var found);

        Assert.Equal((examples, problems), (read.Count, found.Count));
    }
}
