using MfaGateway.Configuration;
using MfaGateway.Shield;
using MfaGateway.Shield.KnownAttacks;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Shield;

public sealed class ShieldRuleTests : IDisposable
{
    private const string Good = """{ "id": "frob", "target": "^/owa/frob", "hits": "/owa/frobnicate.aspx", "passes": ["/owa/", "POST /owa/service.svc?x=/owa/frob"] }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shield-");

    public static TheoryData<string> Shipped => [.. ShieldRuleReader.Shipped.Rules.Select(rule => rule.Id)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_rules_that_come_with_the_gateway_are_valid()
    {
        Assert.Empty(ShieldRuleReader.Shipped.Problems);
        Assert.NotEmpty(ShieldRuleReader.Shipped.Rules);
        Assert.Matches(@"^\d{4}-\d\d-\d\d$", ShieldRuleReader.Shipped.Version!);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_rule_says_what_it_is_against_where_that_stands_and_proves_itself(string id)
    {
        var rule = ShieldRuleReader.Shipped.Rules.Single(rule => rule.Id == id);

        Assert.NotEmpty(rule.Cves);
        Assert.All(rule.Cves, cve => Assert.Matches(@"^CVE-\d{4}-\d{4,}$", cve));
        Assert.StartsWith("https://", rule.Source, StringComparison.Ordinal);
        Assert.NotNull(rule.Since);
        Assert.NotEmpty(rule.What);
        Assert.NotEmpty(rule.Hits);
        Assert.NotEmpty(rule.Passes);
    }

    [Theory]
    [InlineData("""{ "id": "frob", "target": "^/owa/frob", "hits": "/owa/other.aspx" }""", "does not match its example")]
    [InlineData("""{ "id": "frob", "target": "^/owa/", "hits": "/owa/frob", "passes": "/owa/" }""", "which it should let pass")]
    [InlineData("""{ "id": "frob", "target": "^/owa/frob" }""", "no example")]
    [InlineData("""{ "id": "frob", "hits": "/owa/frob" }""", "looks at nothing")]
    [InlineData("""{ "target": "frob", "hits": "/owa/frob" }""", "no id")]
    [InlineData("""{ "id": "frob", "target": "(?=.*a)(?=.*b)", "hits": "/owa/ab" }""", "(?")]
    [InlineData("""{ "id": "frob", "target": "(?i:frob)", "hits": "/owa/frob" }""", "(?")]
    [InlineData("""{ "id": "frob", "target": "(a)\\1", "hits": "/owa/aa" }""", "no regular expression")]
    [InlineData("""{ "id": "frob", "target": "(frob", "hits": "/owa/frob" }""", "no regular expression")]
    [InlineData("""{ "id": "frob", "target": "(a{1000}){1000}", "hits": "/owa/frob" }""", "more than 100 times")]
    [InlineData("""{ "id": "frob", "target": "", "hits": "/owa/frob" }""", "empty")]
    [InlineData("""{ "id": "frob", "target": "frob", "mode": "perhaps", "hits": "/owa/frob" }""", "no mode")]
    [InlineData("""{ "id": "frob", "target": "frob", "mode": "7", "hits": "/owa/frob" }""", "no mode")]
    [InlineData("""{ "id": "frob", "target": "frob", "method": "PUT", "hits": "PUT /owa/frob" }""", "not GET, HEAD or POST")]
    [InlineData("""{ "id": "frob", "target": "frob", "since": "yesterday", "hits": "/owa/frob" }""", "no date")]
    [InlineData("""{ "id": "frob", "headers": { "X-CommonAccessToken": "." }, "hits": "/owa/\nX-CommonAccessToken: x" }""", "never reaches Exchange")]
    [InlineData("""{ "id": "frob", "headers": { "Cookie": "." }, "hits": "/owa/\nCookie: x" }""", "never reaches Exchange")]
    [InlineData("""{ "id": "frob", "target": "frob", "hits": "/owa/../frob" }""", "no request that a rule would see")]
    [InlineData("""{ "id": "frob", "target": "frob", "hits": "frob" }""", "no request that a rule would see")]
    [InlineData("""{ "id": "frob", "target": "frob", "hits": "/owa/frob", "colour": "red" }""", "cannot be read")]
    [InlineData("""{ "id": "frob", "id": "frob", "target": "frob", "hits": "/owa/frob" }""", "cannot be read")]
    [InlineData("""{ "id": "frob", "target": 7, "hits": "/owa/frob" }""", "cannot be read")]
    [InlineData("not JSON", "cannot be read")]
    [InlineData("null", "null")]
    [InlineData(Good + "\n" + Good, "twice")]
    [InlineData("""{ "id": "owassrf", "target": "frob", "hits": "/owa/frob" }""", "another rule has this id")]
    public void A_file_with_a_wrong_rule_is_refused_as_a_whole(string lines, string why)
    {
        var (rules, problems) = Load("emergency.jsonl", $$"""{ "id": "fine", "target": "fine", "hits": "/owa/fine" }{{"\n"}}{{lines}}""");

        Assert.Null(rules);
        Assert.Contains(problems, problem => problem.Path == "$.Gateway.Shield.Rules.Files[0]" && problem.Message.Contains(why, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.NotEmpty(problem.Remedy));
    }

    [Theory]
    [InlineData("emergency.jsonl", "// since this morning\n\n" + Good + "\n")]
    [InlineData("emergency.json", """{ "version": "7", "rules": [ """ + Good + " ] }")]
    public void An_operator_adds_rules_by_a_line_or_by_a_document(string file, string text)
    {
        var (rules, problems) = Load(file, text);

        Assert.Empty(problems);
        Assert.Equal("frob", Find(rules!, "GET /owa/frobnicate?a=b")?.Id);
        Assert.Equal("owassrf", Find(rules!, "POST /owa/powershell")?.Id);
    }

    [Theory]
    [InlineData("/owa/?x=frob")]
    [InlineData("/owa/?x=FROB")]
    [InlineData("/owa/?x=%66rob")]
    [InlineData("/owa/?x=%2566rob")]
    [InlineData("/owa/?x=%252566rob")]
    [InlineData("/owa/?x=%u0066rob")]
    [InlineData("/owa/?x=%U0066ro%62")]
    [InlineData("/owa/%66rob")]
    public void A_rule_sees_through_escapes(string target)
    {
        var (rules, _) = Load("a.jsonl", """{ "id": "frob", "target": "frob", "hits": "/owa/frob" }""");

        Assert.Equal("frob", Find(rules!, target)?.Id);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("%zz")]
    [InlineData("%u")]
    [InlineData("%u12")]
    [InlineData("%%%")]
    [InlineData("+%2")]
    public void Broken_escapes_stay_as_they_are(string query)
    {
        Span<char> buffer = new char[query.Length];

        var length = DecodedText.Decode(query, buffer, plusIsSpace: false);

        Assert.Equal(query, buffer[..length].ToString());
    }

    [Fact]
    public void Everything_that_a_rule_names_must_hold()
    {
        var (rules, problems) = Load("a.jsonl", """
            { "id": "all", "method": ["POST"], "target": ["frob", "nicate"], "headers": { "X-OWA-Frob": "^x" }, "cookie": "^bad=", "hits": "POST /owa/frob?nicate\nX-OWA-Frob: xy\nCookie: a=b; bad=1" }
            """);

        Assert.Empty(problems);
        Assert.Equal("all", Find(rules!, "POST /owa/nicate?frob\nx-owa-frob: %78\nCookie: BAD=1")?.Id);
        Assert.Null(Find(rules!, "GET /owa/frob?nicate\nX-OWA-Frob: xy\nCookie: bad=1"));
        Assert.Null(Find(rules!, "POST /owa/frob\nX-OWA-Frob: xy\nCookie: bad=1"));
        Assert.Null(Find(rules!, "POST /owa/frob?nicate\nX-OWA-Frob: yx\nCookie: bad=1"));
        Assert.Null(Find(rules!, "POST /owa/frob?nicate\nX-OWA-Frob: xy\nCookie: notbad=1"));
        Assert.Null(Find(rules!, "POST /owa/frob?nicate"));
    }

    [Fact]
    public void A_rule_that_refuses_comes_before_one_that_only_records()
    {
        var (rules, _) = Load("a.jsonl", """
            { "id": "log", "mode": "log", "target": "frob", "hits": "/owa/frob" }
            { "id": "block", "headers": { "X-OWA-Frob": "." }, "hits": "/owa/\nX-OWA-Frob: x" }
            { "id": "off", "mode": "off", "target": "nicate", "hits": "/owa/nicate" }
            """);

        Assert.Equal("block", Find(rules!, "GET /owa/frob\nX-OWA-Frob: x")?.Id);
        Assert.Equal("log", Find(rules!, "GET /owa/frob")?.Id);
        Assert.Null(Find(rules!, "GET /owa/nicate"));
    }

    [Theory]
    [InlineData("Block", "Block")]
    [InlineData("Log", "Log")]
    [InlineData("Off", null)]
    public void The_set_has_a_mode_and_each_rule_has(string set, string? expected)
    {
        var (rules, _) = Load("a.jsonl", Good, options => options.Mode = set);

        Assert.Equal(expected, Find(rules!, "/owa/frob")?.Mode.ToString());
        Assert.Equal(expected is null ? null : "Log", Find(rules!, "POST /owa/service.svc?action=GetWacIframeUrlForOneDrive")?.Mode.ToString());
    }

    [Fact]
    public void The_configuration_changes_the_mode_of_a_single_rule()
    {
        var (rules, _) = Load("a.jsonl", Good, options => (options.Modes["FROB"], options.Modes["onedrive-frame"]) = ("log", "Block"));

        Assert.Equal(ShieldRuleMode.Log, Find(rules!, "/owa/frob")?.Mode);
        Assert.Equal(ShieldRuleMode.Block, Find(rules!, "POST /owa/service.svc?action=GetWacIframeUrlForOneDrive")?.Mode);
    }

    [Fact]
    public void A_misspelt_mode_or_rule_is_a_mistake_with_a_remedy()
    {
        var (rules, problems) = Load("a.jsonl", Good, options => options.Modes["owasrf"] = "Log");
        var (_, wrongMode) = Load("a.jsonl", Good, options => options.Mode = "Blok");

        Assert.Null(rules);
        Assert.Contains("owassrf", Assert.Single(problems).Remedy, StringComparison.Ordinal);
        Assert.Contains("Block", Assert.Single(wrongMode).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_rules_can_be_replaced()
    {
        var (rules, problems) = Load("a.jsonl", """{ "id": "owassrf", "target": "frob", "hits": "/owa/frob" }""", options => options.Shipped = false);

        Assert.Empty(problems);
        Assert.Equal("owassrf", Assert.Single(rules!.All).Id);
    }

    /// <summary>The set looks only at rules for the request's verb, all targets in one pass; each rule by itself is the measure.</summary>
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("post")]
    public void The_set_finds_what_its_rules_find_one_by_one(string method)
    {
        var all = ShieldRuleReader.Shipped.Rules;
        var rules = new ShieldRuleSet(all);
        var found = 0;
        foreach (var example in all.SelectMany(rule => rule.Hits.Concat(rule.Passes)))
        {
            var text = $"{method} {example[(example.IndexOf('/', StringComparison.Ordinal))..]}";
            Assert.True(RequestText.TryParse(text, out var request));
            Assert.True(CanonicalTarget.TryParse(request.Target, out var target));
            var query = new char[target.Query.Length];
            var decoded = target.Path + new string(query, 0, DecodedText.Decode(target.Query, query, plusIsSpace: true));
            var expected = all.OrderBy(rule => rule.Mode).FirstOrDefault(rule => rule.Matches(request.ToRequest(), decoded));
            Assert.Equal(expected?.Id, Find(rules, text)?.Id);
            if (expected is not null) found++;
        }

        Assert.InRange(found, 20, 100);
    }

    [Fact]
    public void A_request_that_meets_no_rule_costs_no_memory()
    {
        var rules = new ShieldRuleSet(ShieldRuleReader.Shipped.Rules);
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.Headers["X-OWA-CANARY"] = "abc";
        Assert.True(CanonicalTarget.TryParse("/owa/service.svc?action=FindItem&ID=-12&x=%7b%22a%22%7d+b", out var target));
        for (var warm = 0; warm < 200; warm++) rules.Find(request, target);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 1_000; n++) rules.Find(request, target);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ShieldRule? Find(ShieldRuleSet rules, string text)
    {
        Assert.True(RequestText.TryParse(text, out var request));
        Assert.True(CanonicalTarget.TryParse(request.Target, out var target));
        return rules.Find(request.ToRequest(), target);
    }

    private (ShieldRuleSet? Rules, List<ConfigurationProblem> Problems) Load(string file, string text, Action<ShieldRuleOptions>? change = null)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, file), text);
        var problems = new List<ConfigurationProblem>();
        var options = Settings.Options(options => options.Shield.Rules.Files.Add(file));
        change?.Invoke(options.Shield.Rules);
        return (ShieldRuleLoader.Load(options, new Rules(_folder.FullName, problems)), problems);
    }
}
