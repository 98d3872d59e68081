using System.Text.Json.Nodes;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>Files of policies and of named locations: what is read from them, what is left out, and how it is named.</summary>
public class CaFileTests
{
    private static readonly ConditionalAccessImportOptions Options = new() { Targets = new Dictionary<string, IReadOnlyList<string>> { ["*"] = [] } };

    private static ImportResult ImportAt(string locations, string included = "a") =>
        ConditionalAccessImport.Import(CaPolicy.ToJson([new CaPolicy { IncludeLocations = [included] }]), locations, Options);

    private static string LocationIn(ImportResult result)
    {
        Assert.Empty(result.Problems);
        var json = JsonNode.Parse(result.Document!)!;
        var when = json["rules"]![1]!["when"]!.AsObject();
        when.Remove("resource");
        return $"{when.ToJsonString()} {json["networks"]?.ToJsonString()}".TrimEnd();
    }

    [Theory]
    [InlineData("""{ "id": "a", "ipRanges": [{ "cidrAddress": "10.0.0.0/8" }] }""", """{"network":["a"]} {"a":["10.0.0.0/8"]}""")]
    [InlineData("""{ "id": "A", "displayName": "x", "ipRanges": [{ "cidrAddress": "10.1.2.3/8" }, { "cidrAddress": "10.0.0.0/8" }] }""", """{"network":["x"]} {"x":["10.0.0.0/8"]}""")]
    [InlineData("""{ "id": "a", "countriesAndRegions": ["de", "FR"], "countryLookupMethod": "clientIpAddress" }""", """{"country":["DE","FR"]}""")]
    [InlineData("""{ "id": "a", "countriesAndRegions": ["DE"], "includeUnknownCountriesAndRegions": true }""", """{"country":["DE","unknown"]}""")]
    public void A_location_is_networks_or_countries_under_its_name(string location, string expected) => Assert.Equal(expected, LocationIn(ImportAt($"[{location}]")));

    [Theory]
    [InlineData("""{ "id": "a", "ipRanges": [{ "cidrAddress": "10.0.0.0/8" }], "countriesAndRegions": ["DE"] }""", "neither a list of networks nor of countries", "$[0]")]
    [InlineData("""{ "id": "a", "ipRanges": [{ "cidrAddress": "10.0.0.0/8" }, {}] }""", "this is not a network", "$[0].ipRanges[1]")]
    [InlineData("""{ "id": "a", "ipRanges": [{ "cidrAddress": "10.0.0/8" }] }""", "this is not a network", "$[0].ipRanges[0].cidrAddress")]
    [InlineData("""{ "id": "a", "ipRanges": [{ "cidrAddress": "10.0.0.0/8", "x": 1 }] }""", "unknown element", "$[0].ipRanges[0].x")]
    [InlineData("""{ "id": "a", "countriesAndRegions": ["DE", "D"] }""", "unknown country `D`", "$[0].countriesAndRegions[1]")]
    public void A_location_that_cannot_be_read_whole_is_refused_at_its_place(string location, string words, string place)
    {
        var problem = Assert.Single(ImportAt($"[{location}]", included: "All").Problems);

        Assert.Equal(($"locations {place}", 1), (problem.Path, problem.Line));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trusted_locations_without_a_file_of_locations_are_refused_with_their_line()
    {
        var json = $"[\n{new CaPolicy { IncludeLocations = ["AllTrusted"] }.ToJson(0).ToJsonString()}]";

        var problem = Assert.Single(ConditionalAccessImport.Import(json, null, Options).Problems);

        Assert.Equal(("$[0].conditions.locations.includeLocations[0]", 2), (problem.Path, problem.Line));
    }

    [Fact]
    public void Countries_are_never_trusted() => Assert.Equal(
        "Left out: `Policy 0`, because no location is trusted.",
        Assert.Single(ImportAt("""[{ "id": "a", "isTrusted": true, "countriesAndRegions": ["DE"] }]""", included: "AllTrusted").Notes));

    [Fact]
    public void One_place_in_two_policies_is_one_network()
    {
        CaPolicy policy = new() { IncludeLocations = [CaTenant.Office] };

        var result = ConditionalAccessImport.Import(CaPolicy.ToJson([policy, policy]), CaTenant.Locations, Options);

        Assert.Equal(["Office"], JsonNode.Parse(result.Document!)!["networks"]!.AsObject().Select(network => network.Key));
    }

    [Fact]
    public void Places_of_one_name_are_numbered()
    {
        const string Location = """{ "id": "a#", "displayName": "x", "ipRanges": [{ "cidrAddress": "10.#.0.0/16" }] }""";
        var locations = string.Join(',', Enumerable.Range(1, 3).Select(n => Location.Replace('#', (char)('0' + n))));

        var result = ConditionalAccessImport.Import(CaPolicy.ToJson([new CaPolicy { IncludeLocations = ["a1", "a2", "a3"] }]), $"[{locations}]", Options);

        Assert.Equal(["x", "x 2", "x 3"], JsonNode.Parse(result.Document!)!["networks"]!.AsObject().Select(network => network.Key));
    }

    [Theory]
    [InlineData("""{ "value": [POLICY], "surprise": 1 }""", "$.surprise")]
    [InlineData("""{ "value": [POLICY], "@odata.nextLink": "x" }""", "$")]
    [InlineData("""[POLICY, []]""", "$[1]")]
    public void A_collection_with_anything_unexpected_is_refused(string json, string path) => Assert.Contains(
        ConditionalAccessImport.Import(json.Replace("POLICY", new CaPolicy().ToJson(0).ToJsonString(), StringComparison.Ordinal), null, Options).Problems,
        problem => problem.Path == path);

    [Fact]
    public void A_problem_of_one_policy_does_not_hide_those_of_the_next()
    {
        var result = ConditionalAccessImport.Import(CaPolicy.ToJson([new CaPolicy { Operator = "XOR" }, new CaPolicy(), new CaPolicy { State = "asleep" }]), null, Options);

        Assert.Equal(["$.value[0].grantControls.operator", "$.value[2].state"], result.Problems.Select(problem => problem.Path));
    }

    [Fact]
    public void What_is_left_out_is_named_as_well_as_it_can_be()
    {
        static JsonObject Idle(params string[] without)
        {
            var json = new CaPolicy { IncludeUsers = ["None"], Controls = [] }.ToJson(0);
            foreach (var key in without)
                json.Remove(key);
            return json;
        }

        var file = new JsonArray(Idle(), Idle("displayName"), Idle("displayName", "id"));

        Assert.Equal(
            [
                "Left out: `Policy 0`, because it includes nobody.", "Left out: `policy-0`, because it includes nobody.",
                "Left out: a policy without a name, because it includes nobody.",
            ],
            ConditionalAccessImport.Import(file.ToJsonString(), null, Options).Notes);
    }

    [Fact]
    public void A_disabled_policy_that_could_never_apply_is_left_out_like_any_other() => Assert.Equal(
        "Left out: `Policy 0`, because it concerns no application of the gateway.",
        Assert.Single(ConditionalAccessImport.Import(CaPolicy.ToJson([new CaPolicy { State = "disabled", IncludeApplications = [CaTenant.Elsewhere] }]), null, Options).Notes));

    [Fact]
    public void What_holds_of_two_policies_is_said_once()
    {
        CaPolicy policy = new() { IncludeLocations = ["All"], ExcludeLocations = ["AllTrusted"] };

        Assert.Single(ConditionalAccessImport.Import(CaPolicy.ToJson([policy, policy]), CaTenant.Locations, Options).Notes);
    }

    [Fact]
    public void A_policy_for_what_a_user_does_at_Entra_ID_concerns_no_application()
    {
        var json = new CaPolicy { IncludeApplications = [] }.ToJson(0);
        json["conditions"]!["applications"]!["includeUserActions"] = new JsonArray("urn:user:registersecurityinfo", "urn:user:registerdevice");

        var result = ConditionalAccessImport.Import(json.ToJsonString(), null, Options);

        Assert.Empty(result.Problems);
        Assert.StartsWith("Left out", Assert.Single(result.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Require MFA for admins", "require-mfa-for-admins")]
    [InlineData("  CA001: (all) users!  ", "ca001-all-users")]
    [InlineData("€€€", "otherwise")]
    [InlineData("", "otherwise")]
    [InlineData("1234567890 1234567890 1234567890 1234567890 1234567890 123", "1234567890-1234567890-1234567890-1234567890-1234567890-1")]
    public void A_rule_is_named_after_the_policy(string name, string id) => Assert.Equal(id, new RuleIds().For(name, "otherwise"));

    [Fact]
    public void Namesakes_are_numbered()
    {
        var ids = new RuleIds();

        Assert.Equal(["a", "a-2", "a-3", "b"], new[] { "a", "A", "a!", "b" }.Select(name => ids.For(name, "")));
    }

    [Fact]
    public void A_resource_that_is_not_published_refuses_the_import()
    {
        var result = ConditionalAccessImport.Import(CaPolicy.ToJson([new CaPolicy()]), null, Options with { Resources = ["nowhere"] });

        Assert.Null(result.Document);
        Assert.Contains(result.Problems, problem => problem.Message.Contains("unknown resource `nowhere`", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_at_all_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => ConditionalAccessImport.Import(null!, null, Options));
        Assert.Throws<ArgumentNullException>(() => ConditionalAccessImport.Import("[]", null, null!));
    }
}
