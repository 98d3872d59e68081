using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.Adfs;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>What becomes of each kind of condition of an access control policy: the rule, and the examples that hold on to it.</summary>
public class AdfsRuleTests
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly AdfsImportOptions Options = new()
    {
        Resources = ["owa"],
        Intranet = ["10.0.0.0/8", "fd00::/8"],
        ConditionTypes = new Dictionary<string, string> { ["FarmDevice"] = "device", ["FarmGroup"] = "group", ["FarmPlace"] = "location" },
        Names = new Dictionary<string, string> { ["S-1-5-21-7"] = "Mail Users", ["http://contoso.test/claims/kind"] = "kind" },
    };

    private static readonly AdfsTestCondition Always = new("AlwaysCondition", "");
    private static readonly AdfsTestCondition Mfa = new("MultiFactorAuthenticationCondition", "");

    private static AdfsTestCondition Claim(string type, params string[] values) => new("SpecificClaimCondition", type, values);

    private static AdfsTestCondition Group(params string[] groups) => new("GroupMembershipCondition", "", groups);

    private static AdfsTestCondition Place(params string[] places) => new("LocationCondition", "", places);

    private static AdfsTestCondition Device(params string[] levels) => new("FarmDevice", "", levels);

    private static ImportResult Import(AdfsImportOptions options, params AdfsTestRule[] rules) => AdfsImport.FromMetadata(AdfsTestRule.ToXml(rules), options);

    private static JsonNode Document(params AdfsTestRule[] rules)
    {
        var result = Import(Options, rules);
        Assert.Empty(result.Problems);
        return JsonNode.Parse(result.Document!)!;
    }

    private static string WhenOf(AdfsTestRule rule) => Document(rule)["rules"]![0]!["when"]!.ToJsonString();

    private static IEnumerable<string> ExamplesOf(params AdfsTestRule[] rules) => Document(rules)["examples"]!.AsArray().Select(example =>
        $"{example!["name"]}: {string.Join(' ', example["request"]!.AsObject().Where(fact => fact.Key is not ("resource" or "methods")).Select(fact => $"{fact.Key} {fact.Value!.ToJsonString()}"))}"
        + $" -> {example["expect"]} {example["rule"]}");

    private static readonly (AdfsTestCondition[] Conditions, string Expected)[] Included =
    [
        ([Always], "{}"),
        ([Claim("department", "Sales")], """{"claim":[{"type":"department","operator":"equals","value":"Sales"}]}"""),
        ([Claim("department", "Sales", "Legal")], """{"claim":[{"type":"department","operator":"in","value":["Sales","Legal"]}]}"""),
        ([Claim("http://contoso.test/claims/kind", "x")], """{"claim":[{"type":"kind","operator":"equals","value":"x"}]}"""),
        ([Group("S-1-5-21-7", "CONTOSO\\Staff")], """{"group":["Mail Users","CONTOSO\\Staff"]}"""),
        ([new("FarmGroup", "", "Staff")], """{"group":["Staff"]}"""),
        ([Place("Intranet")], """{"network":["intranet"]}"""),
        ([Place("EXTRANET")], """{"not":{"network":["intranet"]}}"""),
        ([new("FarmPlace", "", "203.0.113.7/24", "198.51.100.1")], """{"source":["203.0.113.0/24","198.51.100.1/32"]}"""),
        ([Place("203.0.113.0/24", "intranet")], """{"any":[{"network":["intranet"]},{"source":["203.0.113.0/24"]}]}"""),
        ([Device("Managed", "COMPLIANT")], """{"device":["managed","compliant"]}"""),
        ([Claim("a", "1"), Group("Staff"), Mfa], """{"group":["Staff"],"claim":[{"type":"a","operator":"equals","value":"1"}]}"""),
        (
            [Claim("a", "1"), Claim("b", "2"), Claim("c", "3")],
            """{"claim":[{"type":"a","operator":"equals","value":"1"}],"all":[{"claim":[{"type":"b","operator":"equals","value":"2"}]},{"claim":[{"type":"c","operator":"equals","value":"3"}]}]}"""
        ),
    ];

    private static readonly (AdfsTestCondition[] Conditions, string Expected)[] Excepted =
    [
        ([Claim("department", "Sales")], """{"claim":[{"type":"department","operator":"matches","value":"(?i)^(?:Sales)\\z"}]}"""),
        ([Claim("http://contoso.test/claims/kind", "a.b", "c")], """{"claim":[{"type":"kind","operator":"matches","value":"(?i)^(?:a\\.b|c)\\z"}]}"""),
        ([Group("S-1-5-21-7")], """{"group":["Mail Users"]}"""),
        ([Place("intranet")], """{"network":["intranet"]}"""),
        ([Place("203.0.113.0/24")], """{"source":["203.0.113.0/24"]}"""),
        ([Device("managed")], """{"device":["managed"]}"""),
        ([Group("Guests"), Device("compliant")], """{"any":[{"group":["Guests"]},{"device":["compliant"]}]}"""),
    ];

    [Fact]
    public void A_condition_becomes_a_condition_beside_the_resource() => Assert.All(Included, row =>
    {
        var when = JsonNode.Parse(WhenOf(new AdfsTestRule(row.Conditions, [])))!.AsObject();

        Assert.True(when.Remove("resource"));
        Assert.Equal(row.Expected, when.ToJsonString(Readable));
    });

    [Fact]
    public void An_exception_becomes_a_part_of_not() => Assert.All(Excepted, row =>
    {
        var when = JsonNode.Parse(WhenOf(new AdfsTestRule([Always], row.Conditions)))!.AsObject();

        Assert.Equal(row.Expected, when["not"]!.ToJsonString(Readable));
    });

    [Fact]
    public void Only_a_rule_with_MFA_demands_it()
    {
        var rules = Document(new AdfsTestRule([Group("Staff")], []), new AdfsTestRule([Group("Admins"), Mfa], []))["rules"]!.AsArray();

        Assert.Equal([null, """{"mfa":true}"""], rules.Select(rule => rule!["demand"]?.ToJsonString()));
        Assert.Equal(["adfs-1", "adfs-2"], rules.Select(rule => rule!["id"]!.GetValue<string>()));
    }

    [Fact]
    public void Every_rule_has_examples_of_who_fits_it_and_of_whom_it_excepts()
    {
        var examples = ExamplesOf(
            new AdfsTestRule([Group("Staff", "More"), Claim("a", "1", "2"), Mfa], [Group("Guests"), Claim("a", "9"), Claim("b", "3")]),
            new AdfsTestRule([Device("compliant")], []));

        Assert.Equal(
            [
                "somebody no rule names:  -> deny ",
                "somebody no rule names, with MFA:  -> deny ",
                """adfs-1 with a password: groups ["Staff"] claims {"a":"1"} -> step-up adfs-1""",
                """adfs-1 with MFA: groups ["Staff"] claims {"a":"1"} -> allow adfs-1""",
                """exempt from adfs-1 (1): groups ["Staff","Guests"] claims {"a":"1"} -> deny """,
                """exempt from adfs-1 (2): groups ["Staff"] claims {"a":"9"} -> deny """,
                """exempt from adfs-1 (3): groups ["Staff"] claims {"b":"3","a":"1"} -> deny """,
                """adfs-2 with a password: device {"compliant":true} -> allow adfs-2""",
                """adfs-2 with MFA: device {"compliant":true} -> allow adfs-2""",
            ],
            examples);
    }

    [Theory]
    [InlineData("intranet", "10.0.0.0")]
    [InlineData("extranet", "203.0.113.7")]
    [InlineData("192.168.7.0/24", "192.168.7.0")]
    public void The_example_of_a_place_comes_from_there(string place, string address)
    {
        Assert.Contains($"adfs-1 with a password: source \"{address}\" -> allow adfs-1", ExamplesOf(new AdfsTestRule([Place(place)], [])));
        Assert.Contains($"exempt from adfs-1 (1): source \"{address}\" -> deny ", ExamplesOf(new AdfsTestRule([Always], [Place(place)])));
    }

    [Fact]
    public void The_example_of_an_excepted_device_has_it() =>
        Assert.Contains("exempt from adfs-1 (1): device {\"managed\":true} -> deny ", ExamplesOf(new AdfsTestRule([Always], [Device("managed")])));

    [Fact]
    public void The_example_of_an_address_outside_is_outside_of_the_intranet()
    {
        var result = Import(Options with { Intranet = ["10.0.0.0/8", "203.0.113.0/24"] }, new AdfsTestRule([Place("extranet")], []));

        Assert.Contains("\"198.51.100.7\"", result.Document, StringComparison.Ordinal);
    }

    [Fact]
    public void One_place_that_cannot_be_read_refuses_the_policy_whatever_the_others()
    {
        var result = Import(Options, new AdfsTestRule([Place("moon", "10.0.0.0/8")], []));

        Assert.Null(result.Document);
        Assert.Contains("`moon`", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_of_a_device_or_an_exception_has_its_line()
    {
        var result = Import(Options, new AdfsTestRule([Device("registered")], [Mfa, Device("registered")]));

        Assert.Null(result.Document);
        Assert.Equal([3, 3, 3], result.Problems.Select(problem => problem.Line));
    }

    [Fact]
    public void What_AD_FS_must_go_on_doing_is_said()
    {
        var rule = new AdfsTestRule([Claim("http://contoso.test/claims/kind", "1")], [Claim("b", "2"), Group("Staff"), Place("intranet")]);

        var notes = Import(Options, rule, rule).Notes;

        Assert.Equal(
            [
                "AD FS must issue the claim http://contoso.test/claims/kind to the gateway as kind: an exception by a claim that never comes never holds.",
                "AD FS must issue the claim b to the gateway: an exception by a claim that never comes never holds.",
                "AD FS must issue the user's groups to the gateway, by its names here: an exception by a group that never comes never holds.",
                "Places are judged by the client's address as the gateway sees it, not by whether the sign-in came through the proxy of AD FS.",
            ],
            notes);
    }
}
