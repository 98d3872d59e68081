using System.Text.Json.Nodes;
using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Tests.Policy.Imports;

public class ConditionalAccessImportTests
{
    private static readonly ConditionalAccessImportOptions Options = new() { Targets = new Dictionary<string, IReadOnlyList<string>> { ["*"] = [] } };

    private static ImportResult Import(CaPolicy policy, ConditionalAccessImportOptions? options = null) =>
        ConditionalAccessImport.Import(CaPolicy.ToJson([policy]), CaTenant.Locations, options ?? Options);

    // Sets a value deep inside a policy that is otherwise fine.
    private static ImportResult ImportWith(string path, string value, string state = "enabled")
    {
        var json = new CaPolicy { State = state }.ToJson(0);
        JsonNode at = json;
        var steps = path.Split('.');
        foreach (var step in steps[..^1])
        {
            if (at[step] is null)
                at[step] = new JsonObject();
            at = at[step]!;
        }

        at[steps[^1]] = JsonNode.Parse(value);
        return ConditionalAccessImport.Import(json.ToJsonString(), CaTenant.Locations, Options);
    }

    private static JsonObject RuleOf(ImportResult result)
    {
        Assert.Empty(result.Problems);
        return JsonNode.Parse(result.Document!)!["rules"]![1]!.AsObject();
    }

    [Fact]
    public void The_documented_policy_of_a_gateway_is_a_require_beside_a_base_permit()
    {
        var policy = new CaPolicy
        {
            IncludeApplications = [CaTenant.Gateway],
            ExcludeGroups = [CaTenant.Finance],
            ClientAppTypes = ["browser"],
            Operator = "OR",
            Hours = 12,
        };

        var result = Import(policy, Options with { Resources = ["owa"], Targets = new Dictionary<string, IReadOnlyList<string>> { [CaTenant.Gateway] = ["owa"] } });

        Assert.StartsWith(
            $$"""
            {
              "$schema": "policy.schema.json",
              "version": 1,
              "rules": [
                { "id": "base-permit", "effect": "permit", "when": { "resource": ["owa"] } },
                {
                  "id": "policy-0",
                  "effect": "require",
                  "when": { "resource": ["owa"], "not": { "group": ["{{CaTenant.Finance}}"] } },
                  "demand": { "mfa": true, "maxAge": "12:00:00" }
                }
              ],
              "examples": [
            """,
            result.Document,
            StringComparison.Ordinal);
        var document = PolicyCompiler.Compile(result.Document!);
        Assert.Contains(document.Examples, example => example.Actual.Kind is DecisionKind.StepUp);
        Assert.All(document.Examples, example => Assert.True(example.Passed));
    }

    [Theory]
    [InlineData("enabled", null)]
    [InlineData("disabled", "off")]
    [InlineData("enabledForReportingButNotEnforced", "report-only")]
    public void A_state_is_kept(string state, string? expected) => Assert.Equal(expected, RuleOf(Import(new CaPolicy { State = state }))["state"]?.GetValue<string>());

    [Theory]
    [InlineData(1, "hours", "01:00:00")]
    [InlineData(24, "hours", "1.00:00:00")]
    [InlineData(90, "days", "90.00:00:00")]
    public void A_frequency_is_an_age(int value, string type, string expected)
    {
        var result = ImportWith("sessionControls.signInFrequency", $$"""{ "isEnabled": true, "value": {{value}}, "type": "{{type}}" }""");

        Assert.Equal(expected, RuleOf(result)["demand"]!["maxAge"]!.GetValue<string>());
    }

    [Fact]
    public void One_policy_a_list_and_a_collection_are_the_same()
    {
        var one = new CaPolicy().ToJson(0).ToJsonString();

        string[] forms = [one, $"[{one}]", $$"""{ "@odata.context": "x", "value": [{{one}}] }"""];

        Assert.Single(forms.Select(form => ConditionalAccessImport.Import(form, null, Options).Document).Distinct());
    }

    [Fact]
    public void Two_locations_of_one_name_stay_two_networks()
    {
        var result = Import(new CaPolicy { IncludeLocations = [CaTenant.Office, CaTenant.Lab] });

        Assert.Empty(result.Problems);
        var networks = JsonNode.Parse(result.Document!)!["networks"]!.AsObject();
        Assert.Equal("""["203.0.113.0/24","2001:db8::/32"]""", networks["Office"]!.ToJsonString());
        Assert.Equal("""["10.1.0.0/16"]""", networks["office 2"]!.ToJsonString());
    }

    [Fact]
    public void What_never_concerns_the_gateway_is_left_out_and_said()
    {
        CaPolicy[] idle =
        [
            new() { IncludeApplications = [CaTenant.Elsewhere] },
            new() { IncludeUsers = ["None"] },
            new() { ClientAppTypes = ["exchangeActiveSync", "other"], Controls = ["block"] },
            new() { Controls = [] },
        ];

        var result = ConditionalAccessImport.Import(CaPolicy.ToJson(idle), null, Options);

        Assert.Empty(result.Problems);
        Assert.Equal(idle.Length, result.Notes.Count(note => note.StartsWith("Left out", StringComparison.Ordinal)));
        Assert.Single(JsonNode.Parse(result.Document!)!["rules"]!.AsArray());
    }

    [Fact]
    public void A_disabled_policy_that_cannot_be_expressed_stops_nothing()
    {
        var result = ImportWith("conditions.signInRiskLevels", """["high"]""", state: "disabled");

        Assert.Empty(result.Problems);
        Assert.Contains("signInRiskLevels", Assert.Single(result.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_without_an_object_id_counts_as_included()
    {
        var rule = RuleOf(Import(new CaPolicy { IncludeUsers = [CaTenant.Alice.ToUpperInvariant()] }));

        Assert.Equal(
            """[{"claim":[{"type":"oid","operator":"equals","value":"ALICE"}]},{"not":{"claim":[{"type":"oid","operator":"exists"}]}}]""".Replace("ALICE", CaTenant.Alice, StringComparison.Ordinal),
            rule["when"]!["any"]!.ToJsonString());
    }

    public static TheoryData<string, string, string, string> Wrong() => new()
    {
        { "surprise", "1", "$.surprise", "unknown element" },
        { "state", "\"on\"", "$.state", "none of" },
        { "state", "null", "$", "none of" },
        { "conditions", "null", "$", "`conditions` is missing" },
        { "conditions.signInRiskLevels", "[\"high\"]", "$.conditions.signInRiskLevels", "cannot be judged" },
        { "conditions.userRiskLevels", "[\"low\"]", "$.conditions.userRiskLevels", "cannot be judged" },
        { "conditions.insiderRiskLevels", "\"minor\"", "$.conditions.insiderRiskLevels", "cannot be judged" },
        { "conditions.authenticationFlows", "{ \"transferMethods\": \"deviceCodeFlow\" }", "$.conditions.authenticationFlows", "cannot be judged" },
        { "conditions.clientApplications", "{ \"includeServicePrincipals\": [\"All\"] }", "$.conditions.clientApplications", "cannot be judged" },
        { "conditions.moonPhase", "\"full\"", "$.conditions.moonPhase", "unknown element" },
        { "conditions.clientAppTypes", "[\"telepathy\"]", "$.conditions.clientAppTypes[0]", "unknown client app type" },
        { "conditions.clientAppTypes", "\"all\"", "$.conditions.clientAppTypes", "a list is expected" },
        { "conditions.users", "null", "$.conditions", "`users` is missing" },
        { "conditions.users", "{}", "$.conditions.users", "nobody is included" },
        { "conditions.users.includeUsers", "[\"GuestsOrExternalUsers\"]", "$.conditions.users.includeUsers[0]", "cannot be judged" },
        { "conditions.users.excludeUsers", "[\"GuestsOrExternalUsers\"]", "$.conditions.users.excludeUsers[0]", "cannot be judged" },
        { "conditions.users.includeGuestsOrExternalUsers", "{ \"guestOrExternalUserTypes\": \"internalGuest\" }", "$.conditions.users.includeGuestsOrExternalUsers", "cannot be judged" },
        { "conditions.users.excludeGuestsOrExternalUsers", "{}", "$.conditions.users.excludeGuestsOrExternalUsers", "cannot be judged" },
        { "conditions.users.includeRoles", "[\"All\"]", "$.conditions.users.includeRoles[0]", "cannot be judged" },
        { "conditions.users.excludeGroups", "[\"Staff\"]", "$.conditions.users.excludeGroups[0]", "cannot be judged" },
        { "conditions.applications", "null", "$.conditions", "`applications` is missing" },
        { "conditions.applications.applicationFilter", "{ \"mode\": \"include\", \"rule\": \"x\" }", "$.conditions.applications.applicationFilter", "cannot be judged" },
        { "conditions.applications.includeUserActions", "[\"urn:user:dance\"]", "$.conditions.applications.includeUserActions[0]", "unknown user action" },
        { "conditions.platforms", "{ \"includePlatforms\": [] }", "$.conditions.platforms", "no platform" },
        { "conditions.platforms", "{ \"includePlatforms\": [\"windowsPhone\"] }", "$.conditions.platforms.includePlatforms[0]", "cannot be judged" },
        { "conditions.locations", "{ \"excludeLocations\": [\"AllTrusted\"] }", "$.conditions.locations", "no location" },
        { "conditions.locations", "{ \"includeLocations\": [\"4f000000-0000-4000-8000-000000000001\"] }", "$.conditions.locations.includeLocations[0]", "is not known" },
        { "conditions.deviceStates", "{ \"includeStates\": [\"All\"] }", "$.conditions.deviceStates", "cannot be judged" },
        { "conditions.devices", "{ \"includeDevices\": [\"All\"] }", "$.conditions.devices.includeDevices", "cannot be judged" },
        { "conditions.devices", "{ \"deviceFilter\": { \"mode\": \"include\" } }", "$.conditions.devices.deviceFilter", "needs `mode` and `rule`" },
        { "conditions.devices", Filter("device.isCompliant -eq True", "perhaps"), "$.conditions.devices.deviceFilter.mode", "unknown mode" },
        { "conditions.devices", Filter("device.displayName -startsWith \\\"X\\\""), "$.conditions.devices.deviceFilter.rule", "device.displayName -startsWith" },
        { "conditions.devices", Filter("device.isCompliant -eq True -and"), "$.conditions.devices.deviceFilter.rule", "cannot be judged" },
        { "conditions.devices", Filter("device.isCompliant -eq True device.isCompliant -eq True"), "$.conditions.devices.deviceFilter.rule", "cannot be judged" },
        { "conditions.devices", Filter("(device.isCompliant -eq True"), "$.conditions.devices.deviceFilter.rule", "cannot be judged" },
        { "conditions.devices", Filter(new string('(', 5_000)), "$.conditions.devices.deviceFilter.rule", "cannot be judged" },
        { "conditions.devices", Filter("device.trustType -eq \\\"ServerAD\\\""), "$.conditions.devices.deviceFilter.rule", "--hybrid-joined-is-managed" },
        { "grantControls.operator", "\"XOR\"", "$.grantControls.operator", "neither `AND` nor `OR`" },
        { "grantControls.builtInControls", "[\"approvedApplication\"]", "$.grantControls.builtInControls[0]", "cannot be judged" },
        { "grantControls.builtInControls", "[\"compliantApplication\"]", "$.grantControls.builtInControls[0]", "cannot be judged" },
        { "grantControls.builtInControls", "[\"passwordChange\"]", "$.grantControls.builtInControls[0]", "cannot be judged" },
        { "grantControls.builtInControls", "[\"unknownFutureValue\"]", "$.grantControls.builtInControls[0]", "cannot be judged" },
        { "grantControls.builtInControls", "[\"domainJoinedDevice\"]", "$.grantControls.builtInControls[0]", "hybrid joined" },
        { "grantControls.builtInControls", "[\"block\", \"mfa\"]", "$.grantControls", "beside other controls" },
        { "grantControls.termsOfUse", "[\"x\"]", "$.grantControls.termsOfUse", "cannot be judged" },
        { "grantControls.customAuthenticationFactors", "[\"x\"]", "$.grantControls.customAuthenticationFactors", "cannot be judged" },
        { "grantControls.authenticationStrength", "{ \"id\": \"00000000-0000-0000-0000-000000000004\" }", "$.grantControls.authenticationStrength.id", "--strength" },
        { "grantControls.authenticationStrength", "{}", "$.grantControls.authenticationStrength", "has no id" },
        { "sessionControls.cloudAppSecurity", "{ \"isEnabled\": true, \"cloudAppSecurityType\": \"mcasConfigured\" }", "$.sessionControls.cloudAppSecurity", "cannot be judged" },
        { "sessionControls.applicationEnforcedRestrictions", "{}", "$.sessionControls.applicationEnforcedRestrictions", "cannot be judged" },
        { "sessionControls.persistentBrowser", "{ \"isEnabled\": true, \"mode\": \"always\" }", "$.sessionControls.persistentBrowser", "end with the browser" },
        { "sessionControls.disableResilienceDefaults", "true", "$.sessionControls.disableResilienceDefaults", "outages" },
        { "sessionControls.signInFrequency", "{ \"isEnabled\": true, \"frequencyInterval\": \"everyTime\" }", "$.sessionControls.signInFrequency.frequencyInterval", "every request" },
        { "sessionControls.signInFrequency", "{ \"isEnabled\": true, \"type\": \"weeks\", \"value\": 1 }", "$.sessionControls.signInFrequency", "hours" },
        { "sessionControls.signInFrequency", "{ \"isEnabled\": true, \"type\": \"hours\", \"value\": 0 }", "$.sessionControls.signInFrequency", "hours" },
        { "sessionControls.newControl", "{ \"isEnabled\": true }", "$.sessionControls.newControl", "unknown element" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_expressed_is_refused_at_its_path(string path, string value, string where, string words)
    {
        var result = ImportWith(path, value);

        Assert.Null(result.Document);
        Assert.Contains(result.Problems, problem => problem.Path == where && problem.ToString().Contains(words, StringComparison.Ordinal));
        Assert.All(result.Problems, problem => Assert.False(string.IsNullOrWhiteSpace(problem.Remedy)));
    }

    [Fact]
    public void A_frequency_without_MFA_of_everybody_is_refused()
    {
        var alone = Import(new CaPolicy { Controls = [], Hours = 12 });
        var either = Import(new CaPolicy { Controls = ["mfa", "compliantDevice"], Operator = "OR", Hours = 12 });

        Assert.Contains("the age of multifactor authentication only", Assert.Single(alone.Problems).Message, StringComparison.Ordinal);
        Assert.Contains("the age of multifactor authentication only", Assert.Single(either.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_nobody_explained_is_asked_for()
    {
        var result = Import(new CaPolicy { IncludeApplications = ["Office365"] }, new ConditionalAccessImportOptions());

        var problem = Assert.Single(result.Problems);
        Assert.Equal("$.value[0].conditions.applications.includeApplications[0]", problem.Path);
        Assert.Contains("--target Office365=none", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "the list is empty")]
    [InlineData("7", "an object is expected")]
    [InlineData("[{}, 7]", "an object is expected")]
    [InlineData("""{ "value": [] }""", "the collection is empty")]
    [InlineData("""{ "value": [{}], "@odata.nextLink": "https://graph.microsoft.com/x" }""", "only one page")]
    [InlineData("""{ "state": "enabled", "state": "disabled" }""", "written twice")]
    public void A_file_that_is_no_collection_of_policies_is_refused(string json, string words)
    {
        var result = ConditionalAccessImport.Import(json, null, Options);

        Assert.Null(result.Document);
        Assert.Contains(result.Problems, problem => problem.ToString().Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[", "not valid JSON")]
    [InlineData("""[{ "displayName": "x" }]""", "has no `id`")]
    [InlineData("""[{ "id": "a", "displayName": "x" }]""", "neither a list of networks nor of countries")]
    [InlineData("""[{ "id": "a", "ipRanges": [{ "cidrAddress": "10.0.0.0/40" }] }]""", "not a network")]
    [InlineData("""[{ "id": "a", "countriesAndRegions": ["DE"], "countryLookupMethod": "authenticatorAppGps" }]""", "country of an address only")]
    [InlineData("""[{ "id": "a", "countriesAndRegions": ["DE"] }, { "id": "A", "countriesAndRegions": ["FR"] }]""", "two locations with this id")]
    [InlineData("""[{ "id": "a", "countriesAndRegions": ["XX"] }]""", "unknown country `XX`")]
    [InlineData("""[{ "id": "a", "countriesAndRegions": ["unknown"] }]""", "unknown country `unknown`")]
    [InlineData("""[{ "id": "a", "fence": "round", "countriesAndRegions": ["DE"] }]""", "unknown element `fence`")]
    public void Locations_that_cannot_be_read_are_refused(string json, string words)
    {
        var result = ConditionalAccessImport.Import(CaPolicy.ToJson([new CaPolicy()]), json, Options);

        Assert.Null(result.Document);
        Assert.Contains(result.Problems, problem =>
            problem.Path.StartsWith("locations $", StringComparison.Ordinal) && problem.ToString().Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void A_location_that_cannot_be_read_is_refused_once_and_not_again_where_a_policy_names_it()
    {
        var policies = CaPolicy.ToJson([new CaPolicy { IncludeLocations = [CaTenant.Germany] }]);

        var result = ConditionalAccessImport.Import(policies, $$"""[{ "id": "{{CaTenant.Germany}}", "countriesAndRegions": ["XX"] }]""", Options);

        Assert.Equal("locations $[0].countriesAndRegions[0]", Assert.Single(result.Problems).Path);
    }

    [Fact]
    public void A_very_large_or_very_deep_file_is_refused_at_once()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 10_000)) + string.Concat(Enumerable.Repeat("]", 10_000));

        Assert.NotEmpty(ConditionalAccessImport.Import(deep, null, Options).Problems);
        Assert.NotEmpty(ConditionalAccessImport.Import(new string(' ', 10_000_000) + "{}", null, Options).Problems);
        Assert.InRange(ConditionalAccessImport.Import($"[{string.Join(',', Enumerable.Repeat("{}", 200_000))}]", null, Options).Problems.Count, 1, 200);
    }

    private static string Filter(string rule, string mode = "include") => $$"""{ "deviceFilter": { "mode": "{{mode}}", "rule": "{{rule}}" } }""";
}
