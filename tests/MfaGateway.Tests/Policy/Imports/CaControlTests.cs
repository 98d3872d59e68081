using System.Text.Json.Nodes;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>What becomes of the grant and session controls and of the device filter of a Conditional Access policy.</summary>
public class CaControlTests
{
    private static readonly ConditionalAccessImportOptions Options = new()
    {
        Targets = new Dictionary<string, IReadOnlyList<string>> { ["*"] = [] },
        ManagedMeansHybridJoined = true,
    };

    private static ImportResult Import(CaPolicy policy, ConditionalAccessImportOptions? options = null) =>
        ConditionalAccessImport.Import(CaPolicy.ToJson([policy]), CaTenant.Locations, options ?? Options);

    private static ImportResult ImportSession(string controls, CaPolicy? policy = null)
    {
        var json = (policy ?? new CaPolicy()).ToJson(0);
        json["sessionControls"] = JsonNode.Parse(controls);
        return ConditionalAccessImport.Import(json.ToJsonString(), null, Options);
    }

    private static JsonObject RuleOf(ImportResult result)
    {
        Assert.Empty(result.Problems);
        return JsonNode.Parse(result.Document!)!["rules"]![1]!.AsObject();
    }

    private static (string? Demand, string? Not) Of(JsonObject rule) => (rule["demand"]?.ToJsonString(), rule["when"]!["not"]?.ToJsonString());

    private static string? MessageOf(ImportResult result) => Assert.Single(result.Problems).Message;

    [Theory]
    [InlineData("mfa", "OR", """{"mfa":true}""", null)]
    [InlineData("mfa compliantDevice", "AND", """{"mfa":true,"device":{"compliant":true}}""", null)]
    [InlineData("compliantDevice domainJoinedDevice", "AND", """{"device":{"managed":true,"compliant":true}}""", null)]
    [InlineData("compliantDevice mfa", "OR", """{"mfa":true}""", """{"device":["compliant"]}""")]
    [InlineData("compliantDevice domainJoinedDevice", "OR", """{"device":{"compliant":true}}""", """{"device":["managed"]}""")]
    [InlineData("mfa compliantDevice domainJoinedDevice", "OR", """{"mfa":true}""", """{"device":["compliant","managed"]}""")]
    public void Controls_are_demanded_together_or_of_whoever_lacks_the_device(string controls, string operation, string demand, string? not) =>
        Assert.Equal((demand, not), Of(RuleOf(Import(new CaPolicy { Controls = controls.Split(' '), Operator = operation }))));

    [Fact]
    public void Whoever_has_one_of_the_devices_is_an_example_of_who_is_exempt()
    {
        var result = Import(new CaPolicy { Controls = ["mfa", "domainJoinedDevice", "compliantDevice"], Operator = "OR" });

        var exempt = JsonNode.Parse(result.Document!)!["examples"]!.AsArray().Single(example => example!["name"]!.GetValue<string>() == "exempt from policy-0 (1)");
        Assert.Equal(("""{"managed":true}""", "allow"), (exempt!["request"]!["device"]!.ToJsonString(), exempt["expect"]!.GetValue<string>()));
    }

    [Fact]
    public void A_block_forbids_and_demands_nothing_however_long_a_sign_in_may_be_old()
    {
        var rule = RuleOf(Import(new CaPolicy { Controls = ["block"], Operator = "OR", Hours = 1 }));

        Assert.Equal(("forbid", null), (rule["effect"]!.GetValue<string>(), rule["demand"]));
    }

    [Fact]
    public void One_of_two_proofs_cannot_be_demanded() => Assert.Equal(
        "one proof of several cannot be demanded", MessageOf(Import(new CaPolicy { Controls = ["mfa"], Strength = CaTenant.Multifactor, Operator = "OR" })));

    [Theory]
    [InlineData("context:c1", """{"context":["c1"]}""")]
    [InlineData("method:fido, hwk", """{"method":["fido","hwk"]}""")]
    [InlineData("method:", null)]
    [InlineData("context", null)]
    [InlineData("password:x", null)]
    public void A_strength_is_what_the_operator_says_it_is(string proof, string? demand)
    {
        var result = Import(
            new CaPolicy { Controls = [], Strength = CaTenant.PhishingResistant },
            Options with { Strengths = new Dictionary<string, string> { [CaTenant.PhishingResistant] = proof } });

        if (demand is null) Assert.Equal($"`{proof}` is no proof of a strength", MessageOf(result));
        else Assert.Equal(demand, RuleOf(result)["demand"]!.ToJsonString());
    }

    [Fact]
    public void The_built_in_strength_is_MFA_and_may_have_an_age() => Assert.Equal(
        """{"mfa":true,"maxAge":"04:00:00"}""", RuleOf(Import(new CaPolicy { Controls = [], Strength = CaTenant.Multifactor, Hours = 4 }))["demand"]!.ToJsonString());

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void An_operator_is_needed_where_there_are_several_controls(int controls, bool isRead)
    {
        var json = new CaPolicy { Controls = [.. new[] { "mfa", "compliantDevice" }.Take(controls)] }.ToJson(0);
        json["grantControls"]!.AsObject().Remove("operator");

        var result = ConditionalAccessImport.Import(json.ToJsonString(), null, Options);

        Assert.Equal(isRead ? [] : ["$.grantControls"], result.Problems.Select(problem => problem.Path));
    }

    [Theory]
    [InlineData("""{ "signInFrequency": { "isEnabled": false, "type": "weeks", "value": 0 } }""")]
    [InlineData("""{ "cloudAppSecurity": { "isEnabled": false }, "continuousAccessEvaluation": null }""")]
    [InlineData("""{ "persistentBrowser": { "isEnabled": false, "mode": "always" } }""")]
    [InlineData("""{ "persistentBrowser": { "isEnabled": true, "mode": "never" } }""")]
    [InlineData("""{ "disableResilienceDefaults": false }""")]
    public void A_session_control_that_is_off_or_asks_for_what_is_so_anyway_changes_nothing(string controls) =>
        Assert.Equal("""{"mfa":true}""", RuleOf(ImportSession(controls))["demand"]!.ToJsonString());

    [Theory]
    [InlineData("1, \"type\": \"hours\"", "01:00:00")]
    [InlineData("23, \"type\": \"hours\", \"authenticationType\": \"secondaryAuthentication\"", "23:00:00")]
    [InlineData("24, \"type\": \"hours\", \"authenticationType\": \"primaryAndSecondaryAuthentication\"", "1.00:00:00")]
    [InlineData("1, \"type\": \"days\", \"frequencyInterval\": \"timeBased\"", "1.00:00:00")]
    [InlineData("1000, \"type\": \"days\"", "1000.00:00:00")]
    [InlineData("1001, \"type\": \"days\"", null)]
    [InlineData("1.5, \"type\": \"hours\"", null)]
    [InlineData("\"1\", \"type\": \"hours\"", null)]
    [InlineData("1", null)]
    public void A_frequency_from_1_hour_to_1000_days_is_an_age(string value, string? expected)
    {
        var result = ImportSession($$"""{ "signInFrequency": { "isEnabled": true, "value": {{value}} } }""");

        if (expected is null) Assert.StartsWith("the frequency needs", MessageOf(result), StringComparison.Ordinal);
        else Assert.Equal(expected, RuleOf(result)["demand"]!["maxAge"]!.GetValue<string>());
    }

    [Fact]
    public void A_frequency_of_another_kind_of_sign_in_is_refused() => Assert.Equal(
        "unknown value `primaryAuthentication`",
        MessageOf(ImportSession("""{ "signInFrequency": { "isEnabled": true, "value": 1, "type": "hours", "authenticationType": "primaryAuthentication" } }""")));

    [Fact]
    public void A_frequency_of_devices_alone_is_refused() => Assert.StartsWith(
        "the gateway knows the age of multifactor authentication only", MessageOf(Import(new CaPolicy { Controls = ["compliantDevice"], Hours = 1 })), StringComparison.Ordinal);

    [Theory]
    [InlineData("device.isCompliant -eq True", """{"device":["compliant"]}""")]
    [InlineData("DEVICE.IsCompliant -EQ \"true\"", """{"device":["compliant"]}""")]
    [InlineData("device.isCompliant -ne True", """{"not":{"device":["compliant"]}}""")]
    [InlineData("device.isCompliant -eq False", """{"not":{"device":["compliant"]}}""")]
    [InlineData("device.isCompliant -ne \"False\"", """{"device":["compliant"]}""")]
    [InlineData("device.trustType -ne \"ServerAD\"", """{"not":{"device":["managed"]}}""")]
    [InlineData("not (device.isCompliant -eq True)", """{"not":{"device":["compliant"]}}""")]
    [InlineData("device.isCompliant -eq True -and device.trustType -eq \"ServerAD\"", """{"all":[{"device":["compliant"],"all":[{"device":["managed"]}]}]}""")]
    [InlineData("((device.isCompliant -eq True) and (device.trustType -eq \"ServerAD\"))", """{"all":[{"device":["compliant"],"all":[{"device":["managed"]}]}]}""")]
    [InlineData("device.isCompliant -eq True -or device.trustType -eq \"ServerAD\"", """{"any":[{"device":["compliant"]},{"device":["managed"]}]}""")]
    [InlineData(
        "device.isCompliant -eq False -or device.isCompliant -eq True -and device.trustType -eq \"ServerAD\"",
        """{"any":[{"not":{"device":["compliant"]}},{"device":["compliant"],"all":[{"device":["managed"]}]}]}""")]
    [InlineData(
        "(device.isCompliant -eq False -or device.isCompliant -eq True) -and device.trustType -eq \"ServerAD\"",
        """{"device":["managed"],"any":[{"not":{"device":["compliant"]}},{"device":["compliant"]}]}""")]
    public void A_device_filter_is_read_as_it_is_written(string rule, string expected)
    {
        var when = RuleOf(Import(new CaPolicy { FilterMode = "include", FilterRule = rule }))["when"]!.AsObject();

        Assert.True(when.Remove("resource"));
        Assert.Equal(expected, when.ToJsonString());
    }

    [Fact]
    public void A_device_filter_that_excludes_is_denied() => Assert.Equal(
        """{"device":["compliant"]}""", Of(RuleOf(Import(new CaPolicy { FilterMode = "exclude", FilterRule = "device.isCompliant -eq True" }))).Not);

    [Theory]
    [InlineData("device.isCompliant -eq", "`device.isCompliant`")]
    [InlineData("device.isCompliant -eq Perhaps", "`device.isCompliant -eq Perhaps`")]
    [InlineData("device.isCompliant -startsWith True", "`device.isCompliant -startsWith True`")]
    [InlineData("device.model -eq True", "`device.model -eq True`")]
    [InlineData("(device.isCompliant -eq True", "`device.isCompliant -eq True`")]
    [InlineData("device.isCompliant -eq True)", "`)`")]
    [InlineData("(device.isCompliant -eq True]", "`device.isCompliant -eq True]`")]
    [InlineData("device.isCompliant -eq True -xor device.isCompliant -eq True", "`-xor`")]
    [InlineData("-not", "`-not`")]
    public void A_device_filter_that_cannot_be_read_names_the_word_at_which_reading_stopped(string rule, string word) =>
        Assert.Equal($"{word} of the device filter cannot be judged here", MessageOf(Import(new CaPolicy { FilterMode = "include", FilterRule = rule })));

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void A_device_filter_may_be_nested_to_twenty_levels(int levels, bool isRead)
    {
        var rule = string.Concat(Enumerable.Repeat("(", levels - 1)) + "device.isCompliant -eq True" + string.Concat(Enumerable.Repeat(")", levels - 1));

        Assert.Equal(isRead, Import(new CaPolicy { FilterMode = "include", FilterRule = rule }).Document is not null);
    }

    [Fact]
    public void A_long_device_filter_is_not_a_deep_one()
    {
        var rule = string.Join(" -or ", Enumerable.Repeat("(device.isCompliant -eq True)", 30));

        Assert.Empty(Import(new CaPolicy { FilterMode = "include", FilterRule = rule }).Problems);
    }
}
