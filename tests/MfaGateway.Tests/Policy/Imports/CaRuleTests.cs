using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>What becomes of the conditions of a Conditional Access policy: the rule, and the examples that hold on to it.</summary>
public class CaRuleTests
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ConditionalAccessImportOptions Options = new()
    {
        Resources = ["owa", "ecp"],
        Targets = CaTenant.Targets.ToDictionary(target => target.Key, IReadOnlyList<string> (target) => target.Value),
        Names = new Dictionary<string, string> { [CaTenant.Named] = CaTenant.Carol, [CaTenant.Finance] = "Finance" },
        ManagedMeansHybridJoined = true,
    };

    private static ImportResult Import(CaPolicy policy, ConditionalAccessImportOptions? options = null) =>
        ConditionalAccessImport.Import(CaPolicy.ToJson([policy]), CaTenant.Locations, options ?? Options);

    private static string WhenOf(CaPolicy policy, ConditionalAccessImportOptions? options = null)
    {
        var result = Import(policy, options);
        Assert.Empty(result.Problems);
        var when = JsonNode.Parse(result.Document!)!["rules"]![1]!["when"]!.AsObject();
        if (when["resource"]!.ToJsonString() == """["owa","ecp"]""")
            when.Remove("resource");
        return when.ToJsonString(Readable).Replace(CaTenant.Alice, "ALICE", StringComparison.Ordinal).Replace(CaTenant.Bob, "BOB", StringComparison.Ordinal)
            .Replace(CaTenant.Staff, "STAFF", StringComparison.Ordinal).Replace(CaTenant.ExchangeAdministrator, "ADMIN", StringComparison.Ordinal);
    }

    private static IEnumerable<string> ExamplesOf(CaPolicy policy)
    {
        var result = Import(policy);
        Assert.Empty(result.Problems);
        return JsonNode.Parse(result.Document!)!["examples"]!.AsArray().Skip(2).Select(example =>
            $"{example!["name"]}: {string.Join(' ', example["request"]!.AsObject().Where(fact => fact.Key is not "methods").Select(fact => $"{fact.Key} {fact.Value!.ToJsonString()}"))}"
            + $" -> {example["expect"]} {example["rule"]}");
    }

    [Fact]
    public void Applications_become_resources()
    {
        Assert.Equal("{}", WhenOf(new CaPolicy { IncludeApplications = ["All"] }));
        Assert.Equal("{}", WhenOf(new CaPolicy { IncludeApplications = [CaTenant.Gateway, "None"] }));
        Assert.Equal("""{"resource":["ecp"]}""", WhenOf(new CaPolicy { IncludeApplications = [CaTenant.Admin] }));
        Assert.Equal("""{"resource":["owa"]}""", WhenOf(new CaPolicy { IncludeApplications = ["All"], ExcludeApplications = [CaTenant.Admin] }));
        Assert.Equal("""{"resource":["ecp"]}""", WhenOf(new CaPolicy { IncludeApplications = [], Contexts = ["c7"] }));
    }

    [Fact]
    public void Who_is_included_is_one_of_the_people_or_may_be()
    {
        const string MayBeAlice = """{"claim":[{"type":"oid","operator":"equals","value":"ALICE"}]},{"not":{"claim":[{"type":"oid","operator":"exists"}]}}""";
        const string LeftOut = """{"claim":[{"type":"_claim_names","operator":"equals","value":"groups"},{"type":"hasgroups","operator":"exists"}]}""";

        Assert.Equal($$"""{"any":[{{MayBeAlice}}]}""", WhenOf(new CaPolicy { IncludeUsers = [CaTenant.Alice, "None"] }));
        Assert.Equal("""{"user":["carol@contoso.test"]}""", WhenOf(new CaPolicy { IncludeUsers = [CaTenant.Named] }));
        Assert.Equal($$"""{"any":[{"user":["carol@contoso.test"]},{{MayBeAlice}}]}""", WhenOf(new CaPolicy { IncludeUsers = [CaTenant.Alice, CaTenant.Named] }));
        Assert.Equal($$"""{"any":[{"group":["STAFF","Finance","ADMIN"]},{{LeftOut}}]}""", WhenOf(new CaPolicy
        {
            IncludeUsers = ["None"], IncludeGroups = [CaTenant.Staff, CaTenant.Finance], IncludeRoles = [CaTenant.ExchangeAdministrator],
        }));
        Assert.Equal("{}", WhenOf(new CaPolicy { IncludeUsers = ["All"], IncludeGroups = [CaTenant.Staff] }));
    }

    [Fact]
    public void Who_is_excluded_is_one_of_the_people_for_certain()
    {
        Assert.Equal(
            """{"not":{"claim":[{"type":"oid","operator":"in","value":["ALICE","BOB"]}]}}""", WhenOf(new CaPolicy { ExcludeUsers = [CaTenant.Alice, CaTenant.Bob] }));
        Assert.Equal(
            """{"not":{"any":[{"user":["carol@contoso.test"]},{"group":["Finance","ADMIN"]}]}}""",
            WhenOf(new CaPolicy { ExcludeUsers = [CaTenant.Named], ExcludeGroups = [CaTenant.Finance], ExcludeRoles = [CaTenant.ExchangeAdministrator] }));
    }

    [Theory]
    [InlineData("browser", false, "{}")]
    [InlineData("browser", true, """{"client":["browser"]}""")]
    [InlineData("browser mobileAppsAndDesktopClients", true, """{"client":["browser","mobile-app","desktop-app"]}""")]
    [InlineData("other exchangeActiveSync", true, """{"client":["other"]}""")]
    [InlineData("browser all", true, "{}")]
    [InlineData("", true, "{}")]
    public void Client_app_types_are_the_browser_unless_the_user_agent_counts(string types, bool byUserAgent, string expected) => Assert.Equal(
        expected, WhenOf(new CaPolicy { ClientAppTypes = types.Split(' ', StringSplitOptions.RemoveEmptyEntries) }, Options with { ClientAppsByUserAgent = byUserAgent }));

    [Theory]
    [InlineData("mobileAppsAndDesktopClients other", false)]
    [InlineData("exchangeActiveSync easSupported", true)]
    public void A_policy_for_clients_that_never_come_is_left_out(string types, bool byUserAgent)
    {
        var result = Import(new CaPolicy { ClientAppTypes = types.Split(' ') }, Options with { ClientAppsByUserAgent = byUserAgent });

        Assert.Equal(
            "Left out: `Policy 0`, because everybody signs in to the gateway in a browser, and it concerns other client apps.", Assert.Single(result.Notes));
    }

    [Theory]
    [InlineData("windows iOS", "", """{"platform":["windows","ios"]}""")]
    [InlineData("all", "macOS LINUX", """{"not":{"platform":["macos","linux"]}}""")]
    [InlineData("all windows", "", "{}")]
    [InlineData("android", "android", """{"platform":["android"],"not":{"platform":["android"]}}""")]
    public void Platforms_are_included_and_excluded(string included, string excluded, string expected) => Assert.Equal(expected, WhenOf(new CaPolicy
    {
        IncludePlatforms = included.Split(' '), ExcludePlatforms = excluded.Split(' ', StringSplitOptions.RemoveEmptyEntries),
    }));

    [Theory]
    [InlineData("All", "AllTrusted", """{"not":{"network":["Office"]}}""")]
    [InlineData("AllTrusted", "", """{"network":["Office"]}""")]
    [InlineData(CaTenant.Lab, "", """{"network":["office"]}""")]
    [InlineData(CaTenant.Germany + " " + CaTenant.Lab, "", """{"any":[{"country":["DE"]},{"network":["office"]}]}""")]
    [InlineData("All " + CaTenant.Lab, CaTenant.NowhereOrAmerica, """{"not":{"country":["US","unknown"]}}""")]
    public void Locations_become_networks_and_countries(string included, string excluded, string expected) => Assert.Equal(expected, WhenOf(new CaPolicy
    {
        IncludeLocations = included.Split(' '), ExcludeLocations = excluded.Split(' ', StringSplitOptions.RemoveEmptyEntries),
    }));

    [Fact]
    public void Trusted_locations_are_those_of_the_file_and_that_is_said()
    {
        const string Untrusted = """[{ "id": "a", "displayName": "x", "isTrusted": false, "ipRanges": [{ "cidrAddress": "10.0.0.0/8" }] }]""";
        var policies = CaPolicy.ToJson([new CaPolicy { IncludeLocations = ["AllTrusted"] }]);

        var none = ConditionalAccessImport.Import(policies, Untrusted, Options);
        var office = ConditionalAccessImport.Import(policies, CaTenant.Locations, Options);
        var untold = Import(new CaPolicy { IncludeLocations = [CaTenant.Lab] });

        Assert.Equal("Left out: `Policy 0`, because no location is trusted.", Assert.Single(none.Notes));
        Assert.StartsWith("Trusted are the networks marked so.", Assert.Single(office.Notes), StringComparison.Ordinal);
        Assert.Empty(untold.Notes);
    }

    [Fact]
    public void Every_policy_has_examples_of_who_fits_it_and_of_whom_it_excludes() => Assert.Equal(
        [
            """policy-0 with a password: resource "ecp" groups ["STAFF"] source "203.0.113.0" platform "windows" -> step-up policy-0""",
            """policy-0 with MFA: resource "ecp" groups ["STAFF"] source "203.0.113.0" platform "windows" -> allow base-permit""",
            """exempt from policy-0 (1): resource "ecp" user "carol@contoso.test" groups ["STAFF"] source "203.0.113.0" platform "windows" -> allow base-permit""",
            """exempt from policy-0 (2): resource "ecp" groups ["STAFF","Finance"] source "203.0.113.0" platform "windows" -> allow base-permit""",
            """exempt from policy-0 (3): resource "ecp" groups ["STAFF"] source "203.0.113.0" platform "ios" -> allow base-permit""",
            """exempt from policy-0 (4): resource "ecp" groups ["STAFF"] source "203.0.113.0" country "DE" platform "windows" -> allow base-permit""",
        ],
        ExamplesOf(new CaPolicy
        {
            IncludeApplications = [CaTenant.Admin], IncludeUsers = [], IncludeGroups = [CaTenant.Staff], ExcludeUsers = [CaTenant.Named], ExcludeGroups = [CaTenant.Finance],
            IncludePlatforms = ["windows"], ExcludePlatforms = ["iOS"], IncludeLocations = [CaTenant.Office], ExcludeLocations = [CaTenant.Germany],
        }).Select(example => example.Replace(CaTenant.Staff, "STAFF", StringComparison.Ordinal)));

    [Theory]
    [InlineData(CaTenant.Alice, "claims {\"oid\":\"" + CaTenant.Alice + "\"}")]
    [InlineData(CaTenant.Named, "user \"carol@contoso.test\"")]
    [InlineData(CaTenant.Named + " " + CaTenant.Bob, "claims {\"oid\":\"" + CaTenant.Bob + "\"}")]
    public void A_person_is_an_example_by_object_id_or_by_name(string users, string fact) => Assert.Contains(
        $"policy-0 with a password: resource \"owa\" {fact} -> step-up policy-0", ExamplesOf(new CaPolicy { IncludeUsers = users.Split(' ') }));

    [Fact]
    public void The_base_permit_can_be_for_groups_and_every_example_is_a_member()
    {
        var result = Import(new CaPolicy(), Options with { BasePermitGroups = ["Staff", "More"] });

        var json = JsonNode.Parse(result.Document!)!;
        Assert.Equal("""{"resource":["owa","ecp"],"group":["Staff","More"]}""", json["rules"]![0]!["when"]!.ToJsonString());
        Assert.All(json["examples"]!.AsArray(), example => Assert.Equal("""["Staff"]""", example!["request"]!["groups"]!.ToJsonString()));
    }
}
