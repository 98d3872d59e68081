using System.CommandLine;
using System.Text.Json;
using MfaGateway.Host.PolicyVerbs;
using MfaGateway.Policy.Documents;
using MfaGateway.Tests.Policy.Imports;
using Microsoft.Extensions.Time.Testing;

namespace MfaGateway.Tests.Policy.PolicyVerbs;

public sealed class ImportCommandsTests : IDisposable
{
    private const string Metadata = """
        <PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">
          <RequireFreshAuthentication>false</RequireFreshAuthentication>
          <IssuanceAuthorizationRules>
            <Rule><Conditions><Condition i:type="MultiFactorAuthenticationCondition"><Operator>IsPresent</Operator></Condition></Conditions></Rule>
          </IssuanceAuthorizationRules>
        </PolicyMetadata>
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("policy-import-");

    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, string input = "")
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { PolicyCommands.Create(new StringReader(input), new FakeTimeProvider(Policies.Now)) };
        var exit = await root.Parse(["policy", "import", .. arguments]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Adfs_metadata_from_standard_input_becomes_a_document_on_standard_output_and_nothing_else_there()
    {
        var (exit, output, error) = await RunAsync(["adfs", "--metadata", "-", "--resource", "owa"], Metadata);

        Assert.Equal(0, exit);
        Assert.Empty(PolicyCompiler.Compile(output).Problems);
        Assert.Contains("Note: The rules are those of the template \"Permit everyone and require MFA\".", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_with_groups_of_several_parameters_is_written_to_a_file()
    {
        var file = Path.Combine(_directory.FullName, "policy.json");

        var (exit, output, _) = await RunAsync(
            ["adfs", "--template", "Permit specific group", "--parameters", "GroupParameter=CONTOSO\\A", "GroupParameter=CONTOSO\\B", "--output", file]);

        Assert.Equal((0, ""), (exit, output));
        Assert.Contains("""["CONTOSO\\A", "CONTOSO\\B"]""", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_import_writes_no_document_says_why_and_exits_1()
    {
        var file = Path.Combine(_directory.FullName, "policy.json");

        var (exit, output, error) = await RunAsync(["adfs", "--metadata", "-", "--output", file], Metadata.Replace("IsPresent", "Equals", StringComparison.Ordinal));

        Assert.Equal((1, ""), (exit, output));
        Assert.False(File.Exists(file));
        Assert.Contains("- was not imported: 1 problem", error, StringComparison.Ordinal);
        Assert.Contains("(line 4): unknown operator `Equals`", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditional_access_takes_policies_and_locations_and_answers_in_JSON()
    {
        var policies = Write("policies.json", CaPolicy.ToJson([new CaPolicy { IncludeLocations = ["All"], ExcludeLocations = ["AllTrusted"] }]));
        var locations = Write("locations.json", CaTenant.Locations);

        var (exit, output, error) = await RunAsync(
            ["conditional-access", "--file", policies, "--locations", locations, "--base-permit", "Mail Users", "--target", "*=none", "--json"]);

        Assert.Equal((0, ""), (exit, error));
        var answer = JsonDocument.Parse(output).RootElement;
        Assert.Contains("multifactor trusted IPs", Assert.Single(answer.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.True(answer.GetProperty("imported").GetBoolean());
        var rules = answer.GetProperty("document").GetProperty("rules");
        Assert.Equal("Mail Users", rules[0].GetProperty("when").GetProperty("group")[0].GetString());
        Assert.Equal("Office", rules[1].GetProperty("when").GetProperty("not").GetProperty("network")[0].GetString());
    }

    [Fact]
    public async Task Conditional_access_refused_in_JSON_names_path_and_line()
    {
        var policies = Write("policies.json", CaPolicy.ToJson([new CaPolicy { Controls = ["passwordChange"] }]));

        var (exit, output, _) = await RunAsync(["conditional-access", "--file", policies, "--base-permit", "everyone", "--json"]);

        Assert.Equal(1, exit);
        var problem = JsonDocument.Parse(output).RootElement.GetProperty("problems")[0];
        Assert.Equal("$.value[0].grantControls.builtInControls[0]", problem.GetProperty("path").GetString());
        Assert.Equal(1, problem.GetProperty("line").GetInt32());
    }

    [Theory]
    [InlineData("adfs")]
    [InlineData("adfs", "--metadata", "x.xml", "--template", "Permit everyone")]
    [InlineData("adfs", "--metadata", "/does/not/exist.xml")]
    [InlineData("adfs", "--template", "Permit everyone", "--parameters", "Group")]
    [InlineData("adfs", "--template", "Permit everyone", "--resource", "ews")]
    [InlineData("adfs", "--template", "Permit everyone", "--output", "/does/not/exist/policy.json")]
    [InlineData("conditional-access", "--file", "/does/not/exist.json", "--base-permit", "everyone")]
    [InlineData("conditional-access", "--file", "-", "--base-permit", "everyone", "--target", "x=ews")]
    [InlineData("conditional-access", "--file", "-", "--base-permit", "everyone", "--locations", "/does/not/exist.json")]
    public async Task Wrong_usage_is_a_sentence_and_exit_code_2(params string[] arguments)
    {
        var (exit, output, error) = await RunAsync(arguments);

        Assert.Equal((2, ""), (exit, output));
        Assert.EndsWith(".", error.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adfs", "mfagw policy import adfs --metadata policy.xml")]
    [InlineData("conditional-access", "mfagw policy import conditional-access --file policies.json")]
    public async Task Help_shows_examples(string verb, string example)
    {
        var (exit, output, _) = await RunAsync([verb, "--help"]);

        Assert.Equal(0, exit);
        Assert.Contains(example, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_without_a_base_permit_is_not_started()
    {
        var (exit, _, error) = await RunAsync(["conditional-access", "--file", "-"], "{}");

        Assert.NotEqual(0, exit);
        Assert.Contains("--base-permit", error, StringComparison.Ordinal);
    }
}
