using MfaGateway.Access;
using MfaGateway.Access.Opa;
using MfaGateway.Configuration;
using MfaGateway.PlugIns;
using MfaGateway.Policy;
using MfaGateway.Tests.Access;
using MfaGateway.Tests.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfaGateway.Tests.Configuration;

/// <summary>Which documents and databases may decide, and which changes are taken.</summary>
public sealed class PolicyLoadingTests : IDisposable
{
    private const string Countries =
        """{ "version": 1, "rules": [ { "id": "here", "effect": "permit", "when": { "country": ["DE"] } } ] }""";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private PolicyProvider Provider() => new(
        new GatewaySettings(_folder.Load().Options!, _folder.Sources.Folder), new PlugInCatalog(), TimeProvider.System, NullLogger<OpaEngine>.Instance);

    private ConfigurationProblem TheProblem() => Assert.Single(_folder.Load().Problems);

    private void WriteCountries(string file = "countries.mmdb", string country = "DE") =>
        File.WriteAllBytes(_folder.PathOf(file), MmdbWriter.Write([("192.0.2.0/24", country)]));

    [Fact]
    public void A_report_only_document_is_refused_as_the_policy_in_force()
    {
        _folder.Write("policy.json", ConfigurationFolder.Policy.Replace("\"version\": 1,", "\"version\": 1, \"state\": \"report-only\",", StringComparison.Ordinal));

        var problem = TheProblem();

        Assert.Equal("$.Gateway.Policy.Path", problem.Path);
        Assert.Contains("must not be the policy in force", problem.Message, StringComparison.Ordinal);
        Assert.Contains("ReportOnlyPath", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"state\": \"report-only\",")]
    public void A_second_document_is_asked_beside_the_one_in_force(string state)
    {
        _folder.Patch("""{ "Policy": { "ReportOnlyPath": "next.json" } }""");
        _folder.Write("next.json", $$"""{ "version": 1, {{state}} "rules": [ { "id": "nobody", "effect": "forbid" } ] }""");

        var current = Provider().Current;

        var request = new AccessRequest { Subject = new AccessSubject { Mfa = true }, Resource = "owa" };
        Assert.Equal(PolicyDecision.Allow("staff"), current.Enforced!.Decide(request));
        Assert.Equal(PolicyDecision.Deny(Reasons.Forbidden, "nobody"), current.Answer(request, default).Trial);
    }

    [Fact]
    public async Task The_engine_opa_needs_no_document_and_reads_none()
    {
        _folder.Patch("""{ "Policy": { "Path": "nowhere.json", "Engine": "Opa", "Opa": { "Url": "http://[::1]:8181" }, "ReportOnlyPath": "policy.json" } }""");

        using var provider = Provider();

        Assert.Equal("opa", provider.Current.Engine.Name);
        Assert.Null(provider.Current.Enforced);
        Assert.NotNull(provider.Current.Trial);
        Assert.Equal([_folder.PathOf("policy.json")], provider.Files);
        Assert.False(await provider.Current.Engine.AnswersAsync(TestContext.Current.CancellationToken)); // nobody listens there
    }

    [Fact]
    public void A_document_may_use_the_conditions_of_plug_ins()
    {
        var policy = ConfigurationFolder.Policy.Replace(
            "\"resource\": [\"owa\"] }", "\"resource\": [\"owa\"], \"not\": { \"employee-number\": { \"claim\": \"n\", \"from\": 1, \"to\": 2 } } }", StringComparison.Ordinal);
        _folder.Write("policy.json", policy.Replace("\"methods\": [\"pwd\"] }", "\"methods\": [\"pwd\"], \"claims\": { \"n\": \"3\" } }", StringComparison.Ordinal));
        Assert.Contains("unknown condition `employee-number`", TheProblem().Message, StringComparison.Ordinal);

        _folder.Patch($$"""{ "Policy": { "PlugIns": "{{SamplePlugInContract.Folder}}" } }""");

        Assert.Empty(_folder.Load().Problems);
    }

    [Fact]
    public void A_second_document_must_be_valid_as_well()
    {
        _folder.Patch("""{ "Policy": { "ReportOnlyPath": "next.json" } }""");
        _folder.Write("next.json", "{\n \"version\": 1,\n \"rules\": [ { \"id\": \"x\", \"effect\": \"permti\" } ] }");

        var problem = TheProblem();

        Assert.Equal(("$.Gateway.Policy.ReportOnlyPath", "In 'next.json' at $.rules[0].effect, line 3: unknown value `permti`."), (problem.Path, problem.Message));
    }

    [Theory]
    [InlineData("policy.json")]
    [InlineData("next.json")]
    public void A_policy_that_asks_for_countries_needs_a_database_of_them(string file)
    {
        if (file == "next.json") _folder.Patch("""{ "Policy": { "ReportOnlyPath": "next.json" } }""");
        _folder.Write(file, Countries);

        var problem = TheProblem();

        Assert.Equal("$.Gateway.Access.CountryDatabase", problem.Path);
        Assert.Contains("asks for `country`", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.mmdb", "cannot be read")]
    [InlineData("policy.json", "is not a database of countries")]
    [InlineData("cut.mmdb", "is not a database of countries")]
    [InlineData("empty.mmdb", "is not a database of countries")]
    [InlineData("asn.mmdb", "no entry has a country")]
    public void A_file_that_is_no_database_of_countries_is_refused_at_the_start(string file, string words)
    {
        var whole = MmdbWriter.Write([("192.0.2.0/24", "DE")]);
        File.WriteAllBytes(_folder.PathOf("cut.mmdb"), whole[..^60]);
        File.WriteAllBytes(_folder.PathOf("empty.mmdb"), []);
        File.WriteAllBytes(_folder.PathOf("asn.mmdb"), MmdbWriter.Write([("192.0.2.0/24", null)], type: "Test-ASN"));
        _folder.Patch($$"""{ "Access": { "CountryDatabase": "{{file}}" } }""");

        var problem = TheProblem();

        Assert.Equal("$.Gateway.Access.CountryDatabase", problem.Path);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_database_is_read_again_and_a_damaged_one_leaves_the_old()
    {
        var address = System.Net.IPAddress.Parse("192.0.2.1");
        WriteCountries();
        _folder.Write("policy.json", Countries);
        _folder.Patch("""{ "Access": { "CountryDatabase": "countries.mmdb" } }""");
        var provider = Provider();
        var first = provider.Current;

        WriteCountries(country: "AT");
        File.SetLastWriteTimeUtc(_folder.PathOf("countries.mmdb"), DateTime.UnixEpoch);
        provider.Reload();
        var second = provider.Current;
        _folder.Write("countries.mmdb", "not a database");

        Assert.Throws<InvalidPolicyException>(provider.Reload);
        Assert.Equal(("DE", "AT"), (first.Countries!.CountryOf(address), second.Countries!.CountryOf(address)));
        Assert.Same(second, provider.Current);
    }

    [Fact]
    public void A_database_that_did_not_change_is_not_read_again()
    {
        WriteCountries();
        _folder.Patch("""{ "Access": { "CountryDatabase": "countries.mmdb" } }""");
        var provider = Provider();
        var before = provider.Current.Countries;

        provider.Reload();

        Assert.Same(before, provider.Current.Countries);
    }

    [Fact]
    public void All_files_that_decide_are_watched()
    {
        WriteCountries();
        _folder.Write("next.json", ConfigurationFolder.Policy);
        _folder.Patch("""{ "Policy": { "ReportOnlyPath": "next.json" }, "Access": { "CountryDatabase": "countries.mmdb" } }""");

        Assert.Equal(["policy.json", "next.json", "countries.mmdb"], Provider().Files.Select(Path.GetFileName));
    }

    [Fact]
    public void A_document_of_ten_megabytes_is_refused_without_being_read_whole()
    {
        _folder.Write("policy.json", $"{{ \"version\": 1, \"rules\": [ \"{new string('x', 10_000_000)}\" ] }}");

        Assert.Contains("longer than 2,097,152 characters", TheProblem().Message, StringComparison.Ordinal);
    }
}
