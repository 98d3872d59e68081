using System.CommandLine;
using System.Text.Json;
using MfaGateway.Host.Commands;
using MfaGateway.Tests.Contracts;

namespace MfaGateway.Tests.Configuration;

public sealed class CheckCommandTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_valid_configuration_exits_0() =>
        Assert.Equal((0, "The configuration is valid.\n"), await CheckAsync("--config", _folder.PathOf("gateway.json")));

    [Fact]
    public async Task A_mistake_exits_1_and_is_printed_with_its_path_and_remedy()
    {
        _folder.Patch("""{ "Sesions": {} }""");

        var (exit, output) = await CheckAsync("--config", _folder.PathOf("gateway.json"));

        Assert.Equal(1, exit);
        Assert.Equal("$.Gateway.Sesions\n  There is no setting 'Sesions'.\n  → Did you mean `Sessions`?\n1 problem.\n", output);
    }

    [Fact]
    public async Task Several_mistakes_are_printed_all_at_once()
    {
        _folder.Patch("""{ "Sesions": {}, "Brandin": {} }""");

        var (exit, output) = await CheckAsync("-c", _folder.PathOf("gateway.json"));

        Assert.Equal(1, exit);
        Assert.EndsWith("2 problems.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_says_the_same_for_machines()
    {
        _folder.Patch("""{ "Sesions": {} }""");

        var (exit, output) = await CheckAsync("--config", _folder.PathOf("gateway.json"), "--json");

        Assert.Equal(1, exit);
        Assert.Equal(
            """{"valid":false,"problems":[{"path":"$.Gateway.Sesions","message":"There is no setting 'Sesions'.","remedy":"Did you mean `Sessions`?"}]}""",
            JsonSerializer.Serialize(JsonElement.Parse(output), new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task Json_of_a_valid_configuration_has_no_problems() =>
        Assert.Equal((0, """{"valid":true,"problems":[]}""" + "\n"), await CheckAsync("--config", _folder.PathOf("gateway.json"), "--json"));

    [Fact]
    public async Task Plug_ins_of_another_folder_can_be_tried()
    {
        _folder.Write("policy.json", """{ "version": 1, "rules": [ { "id": "p", "effect": "permit", "when": { "employee-number": { "claim": "n", "from": 1, "to": 2 } } } ] }""");

        var (without, _) = await CheckAsync("--config", _folder.PathOf("gateway.json"));
        var (with, output) = await CheckAsync("--config", _folder.PathOf("gateway.json"), "--plug-ins", SamplePlugInContract.Folder);

        Assert.Equal((1, 0, "The configuration is valid.\n"), (without, with, output));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_problem_like_any_other()
    {
        var (exit, output) = await CheckAsync("--config", _folder.PathOf("nowhere.json"));

        Assert.Equal(1, exit);
        Assert.Contains("nowhere.json' cannot be read", output, StringComparison.Ordinal);
        Assert.Contains("--config", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_is_printed()
    {
        _folder.Patch("""{ "Providers": { "adfs": { "ClientSecret": "hunter2" } } }""");

        Assert.DoesNotContain("hunter2", (await CheckAsync("--config", _folder.PathOf("gateway.json"))).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", (await CheckAsync("--config", _folder.PathOf("gateway.json"), "--json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--config")]
    [InlineData("--config", "a.json", "--nonsense")]
    [InlineData("--config", "a.json", "b.json")]
    public async Task Wrong_usage_exits_2(params string[] arguments) =>
        Assert.Equal(2, await CommandLine.InvokeAsync(new RootCommand { CheckCommand.Create() }, ["check", .. arguments]));

    private static async Task<(int Exit, string Output)> CheckAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var exit = await new RootCommand { CheckCommand.Create(output) }.Parse(["check", .. arguments]).InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }
}
