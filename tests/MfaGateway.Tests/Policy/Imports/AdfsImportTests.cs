using MfaGateway.Policy;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Format;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.Adfs;

namespace MfaGateway.Tests.Policy.Imports;

public class AdfsImportTests
{
    private const string Head = """<PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">""";
    private const string Always = """<Condition i:type="AlwaysCondition"><Operator>IsPresent</Operator><Values /></Condition>""";
    private const string Mfa = """<Condition i:type="MultiFactorAuthenticationCondition"><Operator>IsPresent</Operator><Values /></Condition>""";

    private static readonly AdfsImportOptions Options = new() { Intranet = ["10.0.0.0/8"] };

    // As exports of real farms print it: without Values, and with line breaks.
    private const string PermitEveryone = $"""
        {Head}
          <RequireFreshAuthentication>false</RequireFreshAuthentication>
          <IssuanceAuthorizationRules>
            <Rule>
              <Conditions>
                <Condition i:type="AlwaysCondition">
                  <Operator>IsPresent</Operator>
                </Condition>
              </Conditions>
            </Rule>
          </IssuanceAuthorizationRules>
        </PolicyMetadata>
        """;

    private static string Policy(string rules, string fresh = "false") =>
        $"{Head}<RequireFreshAuthentication>{fresh}</RequireFreshAuthentication><IssuanceAuthorizationRules>{rules}</IssuanceAuthorizationRules></PolicyMetadata>";

    private static string Rule(string conditions, string more = "") => $"<Rule><Conditions>{conditions}</Conditions>{more}</Rule>";

    private static string Condition(string type, string inner) => $"""<Condition i:type="{type}">{inner}</Condition>""";

    private static PolicySet Compiled(ImportResult result)
    {
        Assert.Empty(result.Problems);
        var document = PolicyCompiler.Compile(Assert.IsType<string>(result.Document));
        Assert.Empty(document.Problems);
        Assert.NotEmpty(document.Examples);
        return Assert.IsType<PolicySet>(document.Policy);
    }

    [Fact]
    public void An_export_without_values_is_read_and_its_template_recognized()
    {
        var result = AdfsImport.FromMetadata(PermitEveryone, Options);

        Assert.Equal(DecisionKind.Allow, Compiled(result).Decide(Policies.Request()).Kind);
        Assert.Contains(result.Notes, note => note.Contains("\"Permit everyone\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_written_document_reads_like_one_written_by_hand_and_is_canonical()
    {
        var xml = Policy(Rule(Condition("LocationCondition", "<Operator>Equals</Operator><Values><Value>extranet</Value></Values>") + Mfa)
            + Rule(Condition("LocationCondition", "<Operator>Equals</Operator><Values><Value>intranet</Value></Values>")));

        var result = AdfsImport.FromMetadata(xml, Options);

        Assert.StartsWith(
            """
            {
              "$schema": "policy.schema.json",
              "version": 1,
              "networks": {
                "intranet": ["10.0.0.0/8"]
              },
              "rules": [
                {
                  "id": "adfs-1",
                  "effect": "permit",
                  "when": { "resource": ["owa", "ecp", "ecp-options"], "not": { "network": ["intranet"] } },
                  "demand": { "mfa": true }
                },
                { "id": "adfs-2", "effect": "permit", "when": { "resource": ["owa", "ecp", "ecp-options"], "network": ["intranet"] } }
              ],
              "examples": [
            """,
            result.Document,
            StringComparison.Ordinal);
        Assert.Equal(result.Document, PolicyFormatter.Format(result.Document!, out _));
        Assert.Contains(result.Notes, note => note.Contains("extranet access", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Permit everyone", false, false, "10.1.1.1", DecisionKind.Allow)]
    [InlineData("permit everyone and require mfa", false, false, "10.1.1.1", DecisionKind.StepUp)]
    [InlineData("Permit everyone and require MFA for specific group", true, false, "10.1.1.1", DecisionKind.StepUp)]
    [InlineData("Permit everyone and require MFA for specific group", true, true, "10.1.1.1", DecisionKind.Allow)]
    [InlineData("Permit everyone and require MFA for specific group", false, false, "10.1.1.1", DecisionKind.Allow)]
    [InlineData("Permit specific group", true, false, "10.1.1.1", DecisionKind.Allow)]
    [InlineData("Permit specific group", false, true, "10.1.1.1", DecisionKind.Deny)]
    [InlineData("Permit everyone and require MFA from extranet access", false, false, "203.0.113.7", DecisionKind.StepUp)]
    [InlineData("Permit everyone and require MFA from extranet access", false, false, "10.1.1.1", DecisionKind.Allow)]
    [InlineData("Permit everyone for intranet access", false, true, "203.0.113.7", DecisionKind.Deny)]
    public void A_template_by_name_decides_as_documented(string name, bool member, bool mfa, string source, DecisionKind expected)
    {
        var options = name.Contains("group", StringComparison.Ordinal)
            ? Options with { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["GroupParameter"] = ["CONTOSO\\Mail"] } }
            : Options;

        var policy = Compiled(AdfsImport.FromTemplate(name, options));

        var subject = new AccessSubject { Groups = new HashSet<string>(member ? ["contoso\\mail"] : []), Mfa = mfa };
        Assert.Equal(expected, policy.Decide(Policies.Request(subject) with { Source = System.Net.IPAddress.Parse(source) }).Kind);
    }

    [Theory]
    [InlineData("Permit everyone and require MFA from unauthenticated devices", "only AD FS knows")]
    [InlineData("Permit everyone and require MFA, allow automatic device registration", "only AD FS knows")]
    [InlineData("Permit everyonne", "Did you mean `Permit everyone`?")]
    [InlineData("Permit specific group", "--parameters GroupParameter=GROUP")]
    public void A_template_that_cannot_be_imported_is_refused_in_words(string name, string words)
    {
        var result = AdfsImport.FromTemplate(name, Options);

        Assert.Null(result.Document);
        Assert.Contains(words, Assert.Single(result.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_fills_in_what_is_given_at_assignment_and_names_are_those_of_the_token()
    {
        var xml = Policy(Rule(Condition("GroupMembershipCondition", "<Operator>Equals</Operator><Values /><ParameterName>PermitGroup</ParameterName>")));
        var options = Options with
        {
            Parameters = new Dictionary<string, IReadOnlyList<string>> { ["PermitGroup"] = ["S-1-5-21-7"] },
            Names = new Dictionary<string, string> { ["S-1-5-21-7"] = "Mail Users" },
        };

        var policy = Compiled(AdfsImport.FromMetadata(xml, options));

        Assert.Equal(DecisionKind.Allow, policy.Decide(Policies.Request(new AccessSubject { Groups = new HashSet<string> { "Mail Users" } })).Kind);
        Assert.Equal(DecisionKind.Deny, policy.Decide(Policies.Request(new AccessSubject { Groups = new HashSet<string> { "S-1-5-21-7" } })).Kind);
    }

    [Fact]
    public void A_condition_type_the_operator_explains_is_believed()
    {
        var xml = Policy(Rule(Condition("FarmDeviceCondition", "<Operator>Equals</Operator><Values><Value>Managed</Value></Values>")));

        var policy = Compiled(AdfsImport.FromMetadata(xml, Options with { ConditionTypes = new Dictionary<string, string> { ["FarmDeviceCondition"] = "device" } }));

        Assert.Equal(DecisionKind.Allow, policy.Decide(Policies.Request(new AccessSubject { DeviceManaged = true })).Kind);
        Assert.Equal(DecisionKind.Deny, policy.Decide(Policies.Request(new AccessSubject { DeviceManaged = null })).Kind);
    }

    [Fact]
    public void Fresh_authentication_is_refused_unless_it_stays_at_AD_FS()
    {
        var refused = AdfsImport.FromMetadata(Policy(Rule(Mfa), fresh: "true"), Options);
        var kept = AdfsImport.FromMetadata(Policy(Rule(Mfa), fresh: "true"), Options with { FreshAuthenticationStaysAtAdfs = true });

        Assert.Equal(("/PolicyMetadata/RequireFreshAuthentication", 1), (Assert.Single(refused.Problems).Path, refused.Problems[0].Line));
        Assert.Contains(kept.Notes, note => note.Contains("Fresh authentication stays with AD FS", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Wrong() => new()
    {
        { "", "not the XML of a policy" },
        { "<a", "not the XML of a policy" },
        { "{ \"rules\": [] }", "not the XML of a policy" },
        { "<PolicyMetadata />", "the root is" },
        { "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + PermitEveryone, "DTD is prohibited" },
        { BillionLaughs(), "DTD is prohibited" },
        { Head + string.Concat(Enumerable.Repeat("<Rule>", 5_000)) + string.Concat(Enumerable.Repeat("</Rule>", 5_000)) + "</PolicyMetadata>", "nested too deeply" },
        { Policy(Rule(Always)) + new string(' ', 1_100_000), "not the XML of a policy" },
        { PermitEveryone.Replace("false", "perhaps", StringComparison.Ordinal), "neither true nor false" },
        { Head + "<IssuanceAuthorizationRules>" + Rule(Always) + "</IssuanceAuthorizationRules></PolicyMetadata>", "`RequireFreshAuthentication` is missing" },
        { Policy(""), "permits nobody" },
        { Policy("<Rule />"), "`Conditions` is missing" },
        { Policy(Rule("")), "the rule has no condition" },
        { Policy(Rule(Always, "<Conditions>" + Mfa + "</Conditions>")), "is there twice" },
        { Policy(Rule(Always, "<Deny />")), "unknown element `Deny`" },
        { Policy(Rule(Always) + "loose text"), "text between the elements" },
        { Policy(Rule(Always.Replace("<Condition ", "<Condition i:nil=\"true\" ", StringComparison.Ordinal))), "unknown attribute `nil`" },
        { Policy(Rule("<Condition><Operator>IsPresent</Operator></Condition>")), "no `i:type`" },
        { Policy(Rule(Condition("TimeCondition", "<Operator>IsPresent</Operator>"))), "unknown condition type `TimeCondition`" },
        { Policy(Rule(Condition("i:AlwaysCondition", "<Operator>IsPresent</Operator>"))), "unknown condition type `i:AlwaysCondition`" },
        { Policy(Rule(Condition(":AlwaysCondition", "<Operator>IsPresent</Operator>"))), "unknown condition type `:AlwaysCondition`" },
        { Policy(Rule(Condition("alwaysCondition", "<Operator>IsPresent</Operator>"))), "unknown condition type `alwaysCondition`" },
        { Policy(Rule(Condition("AlwaysCondition", "<Values />"))), "`Operator` is missing" },
        { Policy(Rule(Condition("AlwaysCondition", "<Operator>Equals</Operator>"))), "unknown operator `Equals`" },
        { Policy(Rule(Condition("AlwaysCondition", "<Operator>IsPresent</Operator><Values><Value>x</Value></Values>"))), "takes no values" },
        { Policy(Rule(Condition("SpecificClaimCondition", "<ClaimType>a</ClaimType><Operator>NotEquals</Operator><Values><Value>x</Value></Values>"))), "unknown operator `NotEquals`" },
        { Policy(Rule(Condition("SpecificClaimCondition", "<Operator>Equals</Operator><Values><Value>x</Value></Values>"))), "`ClaimType` is missing" },
        { Policy(Rule(Condition("SpecificClaimCondition", "<ClaimType>a</ClaimType><Operator>Equals</Operator><Values><Value> </Value></Values>"))), "a value is empty" },
        { Policy(Rule(Condition("SpecificClaimCondition", "<ClaimType>a</ClaimType><Operator>Equals</Operator><Values><Value>x<b>y</b></Value></Values>"))), "elements inside `Value`" },
        { Policy(Rule(Condition("GroupMembershipCondition", "<Operator>Equals</Operator><Values />"))), "Export ResultantPolicy" },
        { Policy(Rule(Condition("GroupMembershipCondition", "<Operator>Equals</Operator><Values /><ParameterName>G</ParameterName>"))), "the parameter `G` has no value" },
        { Policy(Rule(Condition("LocationCondition", "<Operator>Equals</Operator><Values><Value>moon</Value></Values>"))), "`moon` is not a place" },
        { Policy(Rule(Condition("LocationCondition", "<Operator>Equals</Operator><Values><Value>10.1.0.0/33</Value></Values>"))), "is not a place" },
        { Policy(Rule(Always, "<Exceptions>" + Mfa + "</Exceptions>")), "cannot be an exception" },
        { Policy(Rule(Always, "<Exceptions>" + Always + "</Exceptions>")), "cannot be an exception" },
        { Policy(Rule(Always) + """<Rule xmlns="urn:other" />"""), "is not one of AD FS" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_metadata_is_refused_in_words(string xml, string words)
    {
        var result = AdfsImport.FromMetadata(xml, Options);

        Assert.Null(result.Document);
        Assert.Contains(result.Problems, problem => problem.ToString().Contains(words, StringComparison.Ordinal));
        Assert.All(result.Problems, problem => Assert.False(string.IsNullOrWhiteSpace(problem.Remedy)));
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><x/>", 1)]
    [InlineData("<a>\n\n</b>", 3)]
    [InlineData("", 1)]
    public void What_is_not_the_XML_of_a_policy_names_the_line(string xml, int line) =>
        Assert.Equal(line, Assert.Single(AdfsImport.FromMetadata(xml, Options).Problems).Line);

    [Fact]
    public void A_problem_names_its_element_and_line()
    {
        var xml = PermitEveryone.Replace("IsPresent", "Sometimes", StringComparison.Ordinal);

        var problem = Assert.Single(AdfsImport.FromMetadata(xml, Options).Problems);

        Assert.Equal(("/PolicyMetadata/IssuanceAuthorizationRules/Rule/Conditions/Condition/Operator", 7), (problem.Path, problem.Line));
    }

    [Fact]
    public void Places_without_an_intranet_and_parameters_that_do_not_exist_are_refused()
    {
        var places = AdfsImport.FromTemplate("Permit everyone for intranet access", new AdfsImportOptions());
        var parameters = AdfsImport.FromMetadata(PermitEveryone, Options with { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["X"] = ["y"] } });
        var range = AdfsImport.FromMetadata(PermitEveryone, Options with { Intranet = ["10.0/8"] });

        Assert.Contains("--intranet", Assert.Single(places.Problems).Remedy, StringComparison.Ordinal);
        Assert.Contains("no such parameter", Assert.Single(parameters.Problems).Message, StringComparison.Ordinal);
        Assert.Contains("is not a network", Assert.Single(range.Problems).Message, StringComparison.Ordinal);
    }

    private static string BillionLaughs() =>
        "<!DOCTYPE lolz [<!ENTITY a \"lol\">"
        + string.Concat(Enumerable.Range(1, 9).Select(level => $"<!ENTITY {(char)('a' + level)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + level - 1)};", 10))}\">"))
        + "]>" + PermitEveryone.Replace("false", "&j;", StringComparison.Ordinal);
}
