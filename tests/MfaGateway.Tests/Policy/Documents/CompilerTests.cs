using MfaGateway.Policy.Conditions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Tests.Policy.Documents;

public class CompilerTests
{
    private const string Permit = """{ "id": "p", "effect": "permit" }""";

    private static string Document(string rules = Permit, string more = "") => $$"""{ "version": 1, "networks": { "inside": ["10.0.0.0/8"] }, "rules": [ {{rules}} ] {{more}} }""";

    private static string When(string when) => Document($$"""{ "id": "p", "effect": "permit", "when": { {{when}} } }""");

    private static string Demand(string demand) => Document($$"""{ "id": "p", "effect": "permit", "demand": { {{demand}} } }""");

    private static string Networks(string range) => $$"""{ "version": 1, "networks": { "inside": {{range}} }, "rules": [ {{Permit}} ] }""";

    private static string Example(string example) => Document(more: $$""", "examples": [ {{example}} ]""");

    private static string Request(string more) => Example($$"""{ "name": "x", "expect": "allow", "request": { "resource": "owa", {{more}} } }""");

    // Long, because it is a table: one mistake a row, with the path and the words a reader must find.
    public static TheoryData<string, string, string> WrongDocuments() => new()
    {
        { "", "$", "not valid JSON at line 1" },
        { "{\n  \"version\": 1,,\n}", "$.version", "not valid JSON at line 2" },
        { "[]", "$", "a list where an object is expected" },
        { "null", "$", "null where an object is expected" },
        { new string('[', 200), $"${string.Concat(Enumerable.Repeat("[0]", 64))}", "(line 1): nested deeper than 64 levels" },
        { "{}", "$", "`version` is missing" },
        { "{}", "$", "`rules` is missing" },
        { $$"""{ "version": 2, "rules": [ {{Permit}} ] }""", "$.version", "version `2` is unknown" },
        { $$"""{ "version": "1", "rules": [ {{Permit}} ] }""", "$.version", "Write `\"version\": 1`, a number" },
        { Document(more: ", \"exampels\": []"), "$.exampels", "unknown key `exampels`. Did you mean `examples`?" },
        { Document(more: ", \"rules\": []"), "$.rules", "the key `rules` is written twice" },
        { Document(more: ", \"examples\": []"), "$.examples", "the list is empty" },
        { """{ "version": 1, "rules": [] }""", "$.rules", "the list is empty" },
        { """{ "version": 1, "rules": {} }""", "$.rules", "an object where a list is expected" },
        { Document(more: ", \"state\": \"off\""), "$.state", "unknown value `off`" },
        { Document("""{ "id": "p", "effect": "permit", "since": "31.1.2025" }"""), "$.rules[0].since", "`31.1.2025` is not a date" },
        { Document("7"), "$.rules[0]", "a number where an object is expected" },
        { Document("""{ "effect": "permit" }"""), "$.rules[0]", "`id` is missing" },
        { Document("""{ "id": 7, "effect": "permit" }"""), "$.rules[0].id", "a number where a string is expected" },
        { Document("""{ "id": "a b", "effect": "permit" }"""), "$.rules[0].id", "`a b` cannot be an id" },
        { Document("""{ "id": "p" }"""), "$.rules[0]", "`effect` is missing. Write `permit`, `require` or `forbid`" },
        { Document("""{ "id": "p", "effect": "alow" }"""), "$.rules[0].effect", "unknown value `alow`" },
        { Document("""{ "id": "p", "effect": "Permit" }"""), "$.rules[0].effect", "Did you mean `permit`?" },
        { Document("""{ "id": "p", "effect": "permit", "state": "reportonly" }"""), "$.rules[0].state", "Did you mean `report-only`?" },
        { Document("""{ "id": "p", "effect": "permit", "whn": {} }"""), "$.rules[0].whn", "Did you mean `when`?" },
        { Document($$"""{{Permit}}, { "id": "P", "effect": "permit" }"""), "$.rules[1].id", "there are two rules `P`" },
        { Document("""{ "id": "f", "effect": "forbid", "demand": { "mfa": true } }"""), "$.rules[0].demand", "a `forbid` demands nothing" },
        { Document("""{ "id": "r", "effect": "require" }"""), "$.rules[0]", "a `require` without a demand does nothing" },
        { Demand(""), "$.rules[0].demand", "the demand is empty" },
        { Demand("\"mfa\": false"), "$.rules[0].demand.mfa", "cannot be demanded to be false" },
        { Demand("\"mfa\": \"true\""), "$.rules[0].demand.mfa", "a string where true or false is expected" },
        { Demand("\"maxage\": \"00:10:00\""), "$.rules[0].demand.maxage", "Did you mean `maxAge`?" },
        { Demand("\"maxAge\": 15"), "$.rules[0].demand.maxAge", "a number where a string is expected" },
        { Demand("\"maxAge\": \"15m\""), "$.rules[0].demand.maxAge", "`15m` is not a duration" },
        { Demand("\"maxAge\": \"24:00:00\""), "$.rules[0].demand.maxAge", "`1.00:00:00`" },
        { Demand("\"maxAge\": \"-00:10:00\""), "$.rules[0].demand.maxAge", "is not a duration" },
        { Demand("\"maxAge\": \"00:00:00\""), "$.rules[0].demand.maxAge", "no proof is ever this fresh" },
        { Demand("\"method\": []"), "$.rules[0].demand.method", "the list is empty" },
        { Demand("\"method\": [\"OTP\"]"), "$.rules[0].demand.method[0]", "`OTP` is not an authentication method" },
        { Demand("\"context\": \"c1\""), "$.rules[0].demand.context", "Write `[\"c1\"]`" },
        { Demand("\"context\": [\" \"]"), "$.rules[0].demand.context[0]", "the string is empty" },
        { Demand("\"device\": {}"), "$.rules[0].demand.device", "the device demand is empty" },
        { Demand("\"device\": { \"manged\": true }"), "$.rules[0].demand.device.manged", "Did you mean `managed`?" },
        { When("\"grup\": [\"x\"]"), "$.rules[0].when.grup", "unknown condition `grup`. Did you mean `group`?" },
        { When("\"tim\": [\"x\"]"), "$.rules[0].when.tim", "Did you mean `time`?" },
        { When("\"device\": [\"manged\"]"), "$.rules[0].when.device[0]", "unknown device state `manged`. Did you mean `managed`?" },
        { When("\"device\": { \"managed\": true }"), "$.rules[0].when.device", "an object where a list is expected" },
        { When("\"client\": [\"browsr\"]"), "$.rules[0].when.client[0]", "unknown client `browsr`. Did you mean `browser`?" },
        { When("\"platform\": [\"iphone\"]"), "$.rules[0].when.platform[0]", "unknown platform `iphone`" },
        { When("\"country\": [\"UK\"]"), "$.rules[0].when.country[0]", "unknown country `UK`. Write `GB`" },
        { When("\"country\": [\"el\"]"), "$.rules[0].when.country[0]", "Write `GR`" },
        { When("\"country\": [\"Germany\"]"), "$.rules[0].when.country[0]", "two letters of ISO 3166-1" },
        { When("\"country\": []"), "$.rules[0].when.country", "the list is empty" },
        { When("\"time\": [\"x\"]"), "$.rules[0].when.time[0]", "a string where an object is expected" },
        { When("\"time\": [{}]"), "$.rules[0].when.time[0]", "`timeZone` is missing" },
        { When("\"time\": [{ \"timezone\": \"UTC\" }]"), "$.rules[0].when.time[0].timezone", "Did you mean `timeZone`?" },
        { When("\"time\": [{ \"timeZone\": \"Europe/Berln\" }]"), "$.rules[0].when.time[0].timeZone", "Did you mean `Europe/Berlin`?" },
        { When("\"time\": [{ \"timeZone\": \"Mars\" }]"), "$.rules[0].when.time[0].timeZone", "an IANA or a Windows time zone" },
        { When("\"time\": [{ \"timeZone\": \"../../../etc/localtime\" }]"), "$.rules[0].when.time[0].timeZone", "unknown time zone" },
        { When("\"time\": [{ \"timeZone\": \"/etc/localtime\" }]"), "$.rules[0].when.time[0].timeZone", "unknown time zone" },
        { When("\"time\": [{ \"timeZone\": \"UTC\", \"from\": \"8:00\" }]"), "$.rules[0].when.time[0].from", "`8:00` is not a time of day" },
        { When("\"time\": [{ \"timeZone\": \"UTC\", \"to\": \"24:01\" }]"), "$.rules[0].when.time[0].to", "`24:01` is not a time of day" },
        { When("\"time\": [{ \"timeZone\": \"UTC\", \"from\": \"24:00\" }]"), "$.rules[0].when.time[0].from", "cannot begin at `24:00`" },
        { When("\"time\": [{ \"timeZone\": \"UTC\", \"from\": \"08:00\", \"to\": \"08:00\" }]"), "$.rules[0].when.time[0].to", "ends when it begins" },
        { When("\"time\": [{ \"timeZone\": \"UTC\", \"weekdays\": [\"munday\"] }]"), "$.rules[0].when.time[0].weekdays[0]", "Did you mean `monday`?" },
        { When("\"time\": [{ \"timeZone\": \"UTC\", \"weekdays\": [] }]"), "$.rules[0].when.time[0].weekdays", "the list is empty" },
        { When("\"group\": \"Staff\""), "$.rules[0].when.group", "Write `[\"Staff\"]`" },
        { When("\"group\": []"), "$.rules[0].when.group", "the list is empty" },
        { When("\"group\": [7]"), "$.rules[0].when.group[0]", "a number where a string is expected" },
        { When("\"group\": [\"a\", \"a\"]"), "$.rules[0].when.group[1]", "`a` is listed twice" },
        { When("\"group\": [\"a\"], \"group\": [\"b\"]"), "$.rules[0].when.group", "written twice" },
        { When("\"resource\": [\"oma\"]"), "$.rules[0].when.resource[0]", "unknown resource `oma`. Did you mean `owa`?" },
        { When("\"user\": [\"a*@x\"]"), "$.rules[0].when.user[0]", "`*@contoso.com`" },
        { When("\"user\": [\"*\"]"), "$.rules[0].when.user[0]", "is not a user" },
        { When("\"user\": [\"*@\"]"), "$.rules[0].when.user[0]", "is not a user" },
        { When("\"user\": [\"*@a@b\"]"), "$.rules[0].when.user[0]", "is not a user" },
        { When("\"time\": [{ \"timeZone\": \"../../etc/passwd\" }]"), "$.rules[0].when.time[0].timeZone", "unknown time zone" },
        { When("\"time\": [{ \"timeZone\": \"Europe/Berlin\\u0000\" }]"), "$.rules[0].when.time[0].timeZone", "unknown time zone" },
        { When("\"time\": [{ \"timeZone\": \"+01:00\" }]"), "$.rules[0].when.time[0].timeZone", "unknown time zone" },
        { When("\"network\": [\"insde\"]"), "$.rules[0].when.network[0]", "Did you mean `inside`?" },
        { When("\"source\": [\"10.0.0.0\"]"), "$.rules[0].when.source[0]", "Write `10.0.0.0/32`" },
        { When("\"source\": [\"10.1.0.0/8\"]"), "$.rules[0].when.source[0]", "Write `10.0.0.0/8` for the network" },
        { When("\"source\": [\"10.0.0.0/33\"]"), "$.rules[0].when.source[0]", "is not a network" },
        { When("\"source\": [\"10/8\"]"), "$.rules[0].when.source[0]", "is not a network" },
        { When("\"path\": [\"owa\"]"), "$.rules[0].when.path[0]", "does not begin with a slash" },
        { When("\"path\": [\"/a/**/b\"]"), "$.rules[0].when.path[0]", "is not the last segment" },
        { When("\"path\": [\"/a**\"]"), "$.rules[0].when.path[0]", "is not the last segment" },
        { When("\"path\": [\"/a?b=c\"]"), "$.rules[0].when.path[0]", "has a query or fragment" },
        { When("\"method\": [\"Get\"]"), "$.rules[0].when.method[0]", "Did you mean `GET`?" },
        { When("\"method\": [\"POTS\"]"), "$.rules[0].when.method[0]", "Did you mean `POST`?" },
        { When("\"not\": {}"), "$.rules[0].when.not", "there is no condition in here" },
        { When("\"not\": [ {} ]"), "$.rules[0].when.not", "a list where an object is expected" },
        { When("\"any\": []"), "$.rules[0].when.any", "the list is empty" },
        { When("\"all\": [ { \"grop\": [\"x\"] } ]"), "$.rules[0].when.all[0].grop", "Did you mean `group`?" },
        { When("\"claim\": [ { \"operator\": \"exists\" } ]"), "$.rules[0].when.claim[0]", "`type` is missing" },
        { When("\"claim\": [ { \"type\": \"t\" } ]"), "$.rules[0].when.claim[0]", "`operator` is missing" },
        { When("\"claim\": [ { \"type\": \"t\", \"operator\": \"equal\", \"value\": \"x\" } ]"), "$.rules[0].when.claim[0].operator", "Did you mean `equals`?" },
        { When("\"claim\": [ { \"type\": \"t\", \"operator\": \"equals\" } ]"), "$.rules[0].when.claim[0]", "`equals` needs a value" },
        { When("\"claim\": [ { \"type\": \"t\", \"operator\": \"exists\", \"value\": \"x\" } ]"), "$.rules[0].when.claim[0].value", "`exists` takes no value" },
        { When("\"claim\": [ { \"type\": \"t\", \"operator\": \"in\", \"value\": \"x\" } ]"), "$.rules[0].when.claim[0].value", "Write `[\"x\"]`" },
        { When("\"claim\": [ { \"type\": \"t\", \"operator\": \"matches\", \"value\": \"(\" } ]"), "$.rules[0].when.claim[0].value", "is not a regular expression" },
        { When("\"claim\": [ { \"type\": \"t\", \"operator\": \"matches\", \"value\": \"(?=a)\" } ]"), "$.rules[0].when.claim[0].value", "look-around" },
        { When("\"group\": [\"\\ud800\"]"), "$.rules[0].when.group[0]", "half a character" },
        { When("\"\\ud800\": [\"x\"]"), "$.rules[0].when", "half a character" },
        { When("\"group\": [\"\ud800\", \"\ufffd\"]"), "$.rules[0].when.group[1]", "is listed twice" },
        { Networks("[]"), "$.networks.inside", "the list is empty" },
        { Networks("\"10.0.0.0/8\""), "$.networks.inside", "Write `[\"10.0.0.0/8\"]`" },
        { Networks("[\"010.0.0.0/8\"]"), "$.networks.inside[0]", "is not a network" },
        { Networks("[\"fe80::1%2/128\"]"), "$.networks.inside[0]", "is not a network" },
        { Networks("[\"10.0.0.0/8\"], \"Inside\": [\"10.0.0.0/8\"]"), "$.networks.Inside", "there are two networks `Inside`" },
        { Example("{}"), "$.examples[0]", "`name` is missing" },
        { Example("{}"), "$.examples[0]", "`expect` is missing" },
        { Example("""{ "name": "x", "expect": "permit", "request": { "resource": "owa" } }"""), "$.examples[0].expect", "unknown value `permit`. Known: `allow`, `deny`, `step-up`" },
        { Example("""{ "name": "x", "expect": "allow", "rule": "q", "request": { "resource": "owa" } }"""), "$.examples[0].rule", "there is no rule `q`" },
        { Example("""{ "name": "x", "expect": "allow", "request": {} }"""), "$.examples[0].request", "`resource` is missing" },
        { Example("""{ "name": "x", "expect": "allow", "request": { "resource": "oma" } }"""), "$.examples[0].request.resource", "Did you mean `owa`?" },
        { Request("\"usr\": \"x\""), "$.examples[0].request.usr", "Did you mean `user`?" },
        { Request("\"groups\": \"Staff\""), "$.examples[0].request.groups", "Write `[\"Staff\"]`" },
        { Request("\"source\": \"10.0.0\", \"mfa\": 1"), "$.examples[0].request.mfa", "a number where true or false is expected" },
        { Request("\"source\": \"300.0.0.1\""), "$.examples[0].request.source", "`300.0.0.1` is not an IP address" },
        { Request("\"source\": \"10.1\""), "$.examples[0].request.source", "`10.1` is not an IP address" },
        { Request("\"mfaAge\": \"00:10:00\""), "$.examples[0].request.mfaAge", "there is an MFA time, but no MFA" },
        { Request("\"mfa\": true, \"mfaAge\": \"10675199.00:00:00\""), "$.examples[0].request.mfaAge", "there was no calendar" },
        { Request("\"mfa\": true, \"mfaAge\": \"10\""), "$.examples[0].request.mfaAge", "`10` is not a duration" },
        { Request("\"mfa\": true, \"mfaAge\": \"00:10:00\", \"mfaAt\": \"2025-01-01T00:00:00Z\", \"now\": \"2025-01-01T00:00:00Z\""), "$.examples[0].request.mfaAge", "the same thing twice" },
        { Request("\"mfa\": true, \"mfaAt\": \"2025-01-01T00:00:00Z\""), "$.examples[0].request.mfaAt", "`mfaAt` without `now`" },
        { Request("\"now\": \"yesterday\""), "$.examples[0].request.now", "`yesterday` is not a time" },
        { Request("\"device\": { \"managed\": \"yes\" }"), "$.examples[0].request.device.managed", "a string where true or false is expected" },
        { Request("\"country\": \"DEU\""), "$.examples[0].request.country", "unknown country `DEU`" },
        { Request("\"client\": \"app\""), "$.examples[0].request.client", "unknown client `app`" },
        { Request("\"platform\": \"ios \""), "$.examples[0].request.platform", "Did you mean `ios`?" },
        { Request("\"claims\": { \"http://x/y\": 7 }"), "$.examples[0].request.claims['http://x/y']", "a number where a string is expected" },
    };

    [Theory]
    [MemberData(nameof(WrongDocuments))]
    public void A_wrong_document_is_refused_with_path_message_and_remedy(string json, string path, string words)
    {
        var document = PolicyCompiler.Compile(json);

        Assert.Null(document.Policy);
        Assert.Contains(document.Problems, problem => problem.Path == path && problem.ToString().Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var document = PolicyCompiler.Compile(Document("""{ "id": "p", "efect": "permit", "when": { "grup": [], "source": ["x"] } }""", ", \"more\": 1"));

        Assert.Equal(
            ["$.more", "$.rules[0]", "$.rules[0].efect", "$.rules[0].when.grup", "$.rules[0].when.source[0]"],
            document.Problems.Select(problem => problem.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_problem_names_the_line_it_stands_on()
    {
        var document = PolicyCompiler.Compile("""
            { "version": 1,
              // a comment
              "rules": [
                { "id": "p", "effect": "permit",
                  "when": { "group": [
                    "Staff",
                    7 ] },
                  "id": "q" } ] }
            """);

        Assert.Equal(
            [("$.rules[0].id", 8), ("$.rules[0].when.group[1]", 7)],
            document.Problems.Select(problem => (problem.Path, problem.Line)).OrderBy(problem => problem.Path, StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_missing_is_said_of_the_line_where_it_is_missed() =>
        Assert.Equal(2, Assert.Single(PolicyCompiler.Compile("{ \"version\": 1, \"rules\": [\n { \"id\": \"p\" } ] }").Problems).Line);

    [Fact]
    public void A_document_cut_in_the_middle_names_the_place()
    {
        var problem = Assert.Single(PolicyCompiler.Compile("{ \"version\": 1,\n \"rules\": [ { \"id\": \"p\",\n \"when\": { \"gro").Problems);

        Assert.Equal(("$.rules[0].when", 3), (problem.Path, problem.Line));
    }

    [Fact]
    public void A_document_of_ten_megabytes_is_refused_by_its_length()
    {
        var document = PolicyCompiler.Compile(Document(more: $$""", "examples": [ "{{new string('x', 10_000_000)}}" ]"""));

        Assert.Contains("longer than 2,097,152 characters", Assert.Single(document.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"not\":", "}")]
    [InlineData("{\"any\":[", "]}")]
    public void Ten_thousand_levels_are_refused_by_their_number(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 10_000)) + "{}" + string.Concat(Enumerable.Repeat(close, 10_000));

        var problem = Assert.Single(PolicyCompiler.Compile(Document($$"""{ "id": "p", "effect": "permit", "when": {{deep}} }""")).Problems);

        Assert.Equal(("nested deeper than 64 levels", 1), (problem.Message, problem.Line));
        Assert.StartsWith("$.rules[0].when", problem.Path, StringComparison.Ordinal);
        Assert.InRange(problem.Path.Length, 1, 201);
    }

    [Fact]
    public void A_document_full_of_problems_lists_the_first_hundred()
    {
        var rules = string.Join(",", Enumerable.Range(0, 20_000).Select(n => $$"""{ "id": "r{{n}}", "effct": "permit" }"""));

        var problems = PolicyCompiler.Compile(Document(rules)).Problems;

        Assert.Equal((101, "there are more than 100 problems"), (problems.Count, problems[^1].Message));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(", \"state\": \"on\"", false)]
    [InlineData(", \"state\": \"report-only\"", true)]
    public void A_whole_document_can_be_report_only(string state, bool expected)
    {
        var document = PolicyCompiler.Compile(Document(more: state));

        Assert.Empty(document.Problems);
        Assert.Equal(expected, document.IsReportOnly);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed() =>
        Assert.NotNull(PolicyCompiler.Compile($$"""{ /* a */ "version": 1, "rules": [ {{Permit}}, ], } // b""").Policy);

    [Fact]
    public void Text_of_the_document_reaches_no_terminal_unquoted()
    {
        var document = PolicyCompiler.Compile(Document(more: ", \"\\u001b[31mx\": 1"));

        Assert.DoesNotContain('\u001b', Assert.Single(document.Problems).ToString());
    }

    [Fact]
    public void A_problem_is_bounded_and_printable_whatever_it_quotes()
    {
        var problem = new PolicyProblem("$", "\u001b[31m" + new string('x', 100_000), "Write `\u009b31m`");

        Assert.DoesNotContain(problem.ToString(), char.IsControl);
        Assert.InRange(problem.ToString().Length, 2_000, 2_100);
    }

    [Fact]
    public void Two_conditions_of_one_name_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PolicyCompiler.Compile(Document(), [new Named("group")]));
        Assert.Throws<ArgumentException>(() => PolicyCompiler.Compile(Document(), [new Named("any")]));
        Assert.Throws<ArgumentException>(() => PolicyCompiler.Compile(Document(), [new Named("x"), new Named("x")]));
    }

    [Fact]
    public void A_plug_in_that_throws_on_its_arguments_makes_the_document_wrong()
    {
        var document = PolicyCompiler.Compile(When("\"x\": 1"), [new Named("x")]);

        Assert.Equal("$.rules[0].when.x", Assert.Single(document.Problems).Path);
    }

    private sealed class Named(string name) : IConditionFactory
    {
        public string Name => name;

        public ICondition Create(ConditionArguments arguments) => throw new InvalidOperationException("not today");
    }
}
