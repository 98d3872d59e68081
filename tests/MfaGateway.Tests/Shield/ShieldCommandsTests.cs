using System.CommandLine;
using System.Text.Json;
using MfaGateway.Host.ShieldVerbs;

namespace MfaGateway.Tests.Shield;

public sealed class ShieldCommandsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shield-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_list_names_every_rule_with_its_advisory_and_mode()
    {
        var (exit, output) = await RunAsync("list");

        Assert.Equal(0, exit);
        Assert.Matches(@"(?m)^owassrf +CVE-2022-41080 \+2 +block +2026-11-23 +PowerShell behind a mailbox", output);
        Assert.Matches(@"(?m)^onedrive-frame +CVE-2020-17143 +log ", output);
    }

    [Fact]
    public async Task A_list_shows_what_a_configuration_makes_of_the_rules()
    {
        var config = Write("gateway.json", """{ "Gateway": { "Shield": { "Rules": { "Modes": { "owassrf": "Log" }, "Files": ["emergency.jsonl"] } } } }""");
        Write("emergency.jsonl", """{ "id": "frob", "target": "frob", "hits": "/owa/frob" }""");

        var (exit, output) = await RunAsync("list", "--config", config, "--json");

        Assert.Equal(0, exit);
        var modes = JsonElement.Parse(output).GetProperty("rules").EnumerateArray().ToDictionary(rule => rule.GetProperty("id").GetString()!, rule => rule.GetProperty("mode").GetString());
        Assert.Equal(("log", "block"), (modes["owassrf"], modes["frob"]));
    }

    [Fact]
    public async Task The_examples_of_all_rules_pass()
    {
        var (exit, output) = await RunAsync("test");

        Assert.Equal(0, exit);
        Assert.Contains(" 0 failed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_misses_its_example_is_no()
    {
        var rules = Write("emergency.jsonl", """{ "id": "frob", "target": "frob", "hits": "/owa/other" }""");

        var (exit, output) = await RunAsync("test", "--rules", rules);
        var (jsonExit, json) = await RunAsync("test", "--rules", rules, "--json");

        Assert.Equal((1, 1), (exit, jsonExit));
        Assert.Contains("It does not match its example '/owa/other'.", output, StringComparison.Ordinal);
        Assert.False(JsonElement.Parse(json).GetProperty("valid").GetBoolean());
    }

    [Theory]
    [InlineData(1, "known-attack", "viewstate-in-query", "--url", "/ecp/default.aspx?%5f%5fviewstate=x")]
    [InlineData(1, "known-attack", "owassrf-mailbox-header", "--url", "/owa/service.svc?action=FindPeople", "--method", "post", "--header", "X-OWA-ExplicitLogonUser: owa/a@b.example")]
    [InlineData(1, "not-published", "proxyshell", "--url", "/autodiscover/autodiscover.json?@x/owa/")]
    [InlineData(1, "attack-cookie", null, "--url", "/owa/", "--header", "Cookie: X-BEResource=a~1")]
    [InlineData(1, "malformed-request", null, "--url", "/owa/../powershell")]
    [InlineData(1, "method-not-published", null, "--url", "/owa/", "--method", "PUT")]
    [InlineData(0, null, "onedrive-frame", "--url", "/owa/service.svc?action=GetWacIframeUrlForOneDrive", "--method", "POST")]
    [InlineData(0, null, null, "--url", "/owa/")]
    public async Task Whoever_asks_learns_what_happens_to_a_request_and_which_rule_it_meets(int expected, string? reason, string? rule, params string[] arguments)
    {
        var (exit, output) = await RunAsync(["test", .. arguments, "--json"]);
        var (_, text) = await RunAsync(["test", .. arguments]);

        var answer = JsonElement.Parse(output);
        Assert.Equal((expected, reason, rule), (exit, answer.GetProperty("reason").GetString(), answer.GetProperty("rule").GetString()));
        Assert.Contains(rule ?? "meets no rule", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_comes_from_a_file_or_from_standard_input()
    {
        const string Request = "POST /owa/service.svc?action=FindPeople HTTP/1.1\r\nHost: mail.contoso.com\r\nX-OWA-ExplicitLogonUser: owa/a@b.example\r\n\r\nbody";

        Assert.Equal(1, (await RunAsync("test", "--request", Write("request.txt", Request))).Exit);
        Assert.Equal(1, (await RunWithAsync(Request, "test", "--request", "-", "--json")).Exit);
    }

    [Theory]
    [InlineData("test", "--request", "missing.txt")]
    [InlineData("test", "--url", "nonsense")]
    public async Task What_is_no_request_is_wrong_usage(params string[] arguments) => Assert.Equal(2, (await RunAsync(arguments)).Exit);

    [Fact]
    public async Task A_damaged_configuration_is_no()
    {
        Assert.Equal(1, (await RunAsync("list", "--config", Write("gateway.json", "{"))).Exit);
        Assert.Equal(1, (await RunAsync("list", "--config", Write("gateway.json", """{ "Gateway": { "Shield": { "Rule": {} } } }"""))).Exit);
        Assert.Equal(1, (await RunAsync("list", "--rules", Path.Combine(_folder.FullName, "missing.jsonl"))).Exit);
    }

    private string Write(string file, string text)
    {
        var path = Path.Combine(_folder.FullName, file);
        File.WriteAllText(path, text);
        return path;
    }

    private static Task<(int Exit, string Output)> RunAsync(params string[] arguments) => RunWithAsync("", arguments);

    private static async Task<(int Exit, string Output)> RunWithAsync(string input, params string[] arguments)
    {
        using var standardInput = new StringReader(input);
        await using var output = new StringWriter();
        var root = new RootCommand { ShieldCommands.Create(standardInput) };
        var exit = await root.Parse(["shield", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = output, Error = TextWriter.Null }, TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }
}
