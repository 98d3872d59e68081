using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.Adfs;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>How PolicyMetadata is read: what may be written in more than one way, what may not, and where a problem is said to be.</summary>
public class AdfsMetadataTests
{
    private const string Head = """<PolicyMetadata xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.datacontract.org/2012/04/ADFS">""";
    private const string Always = """<Condition i:type="AlwaysCondition"><Operator>IsPresent</Operator></Condition>""";

    private static readonly AdfsImportOptions Options = new() { Intranet = ["10.0.0.0/8"] };

    private static string Policy(string rules) =>
        $"{Head}<RequireFreshAuthentication>false</RequireFreshAuthentication><IssuanceAuthorizationRules>{rules}</IssuanceAuthorizationRules></PolicyMetadata>";

    private static string Rule(string conditions) => $"<Rule><Conditions>{conditions}</Conditions></Rule>";

    private static string Claim(string inner) => $"""<Condition i:type="SpecificClaimCondition"><Operator>Equals</Operator>{inner}</Condition>""";

    private static ImportResult Import(string xml, AdfsImportOptions? options = null) => AdfsImport.FromMetadata(xml, options ?? Options);

    private static Dictionary<string, IReadOnlyList<string>> Parameters(string name, params string[] values) => new() { [name] = values };

    [Theory]
    [InlineData("AlwaysCondition", "xmlns:x='urn:other'", true)]
    [InlineData(" AlwaysCondition ", "xmlns:x='urn:other'", true)]
    [InlineData("x:AlwaysCondition", "xmlns:x='http://schemas.datacontract.org/2012/04/ADFS'", true)]
    [InlineData("x:AlwaysCondition", "xmlns:x='urn:other'", false)]
    [InlineData("y:AlwaysCondition", "xmlns:x='urn:other'", false)]
    public void The_type_of_a_condition_is_a_name_in_the_namespace_of_AD_FS(string type, string scope, bool isKnown)
    {
        var result = Import(Policy(Rule(Always.Replace("\"AlwaysCondition\"", $"\"{type}\" {scope}", StringComparison.Ordinal))));

        Assert.Equal(isKnown, result.Document is not null);
        Assert.Equal(isKnown, !result.Problems.Any(problem => problem.Message.StartsWith("unknown condition type", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("group", true)]
    [InlineData("location", true)]
    [InlineData("device", true)]
    [InlineData("weather", false)]
    public void A_type_the_operator_explains_is_a_group_a_location_or_a_device(string kind, bool isKnown)
    {
        var xml = Policy(Rule("""<Condition i:type="Own"><Operator>Equals</Operator><Values><Value>x</Value></Values></Condition>"""));

        var result = Import(xml, Options with { ConditionTypes = new Dictionary<string, string> { ["Own"] = kind } });

        Assert.Equal(isKnown, !result.Problems.Any(problem => problem.Message.StartsWith("unknown condition type", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("1", false)]
    [InlineData("0", true)]
    [InlineData(" false ", true)]
    public void Whether_a_fresh_sign_in_is_required_is_a_truth_value_of_XML(string value, bool isRead) => Assert.Equal(
        isRead, Import(Policy(Rule(Always)).Replace(">false<", $">{value}<", StringComparison.Ordinal)).Document is not null);

    [Theory]
    [InlineData("""<Rule i:type="x"><Conditions>""", "<Rule><Conditions>", "unknown attribute `type`")]
    [InlineData("<Operator>IsPresent</Operator>", "<Operator>IsPresent</Operator><ClaimType>a</ClaimType>", "unknown element `ClaimType`")]
    [InlineData("<Operator>IsPresent</Operator>", "<Operator>IsPresent</Operator><Values>x</Values>", "text where elements are expected: `x`")]
    [InlineData("<Operator>IsPresent</Operator>", "<Operator><b/>IsPresent</Operator>", "there are elements inside `Operator`")]
    [InlineData("</IssuanceAuthorizationRules>", "<Ruler /></IssuanceAuthorizationRules>", "unknown element `Ruler`")]
    [InlineData("</Conditions>", "<Kondition /></Conditions>", "unknown element `Kondition`")]
    [InlineData("</PolicyMetadata>", "<RequireFreshAuthentication>false</RequireFreshAuthentication></PolicyMetadata>", "`RequireFreshAuthentication` is there twice")]
    public void Nothing_is_skipped(string written, string instead, string words)
    {
        var xml = written.StartsWith("<Rule i", StringComparison.Ordinal) ? Policy(Rule(Always)).Replace(instead, written, StringComparison.Ordinal)
            : Policy(Rule(Always)).Replace(written, instead, StringComparison.Ordinal);

        Assert.Contains(Import(xml).Problems, problem => problem.Message.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<PolicyMetadata />")]
    [InlineData("<PolicyMetadata xmlns='urn:other'><Rule /></PolicyMetadata>")]
    [InlineData("<Policy xmlns='http://schemas.datacontract.org/2012/04/ADFS'><Rule /></Policy>")]
    public void What_is_no_metadata_at_its_root_is_not_looked_at_any_further(string xml) =>
        Assert.StartsWith("the root is", Assert.Single(Import(xml).Problems).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("<ClaimType> </ClaimType><Values><Value>x</Value></Values>", "the condition names no claim type")]
    [InlineData("<ClaimType>a</ClaimType><Values><Value>x</Value><Value> </Value></Values>", "a value is empty")]
    [InlineData("<ClaimType>a</ClaimType><Values />", "the condition compares with nothing: its values are given at assignment")]
    [InlineData("<ClaimType>a</ClaimType>", "the condition compares with nothing: its values are given at assignment")]
    public void A_claim_needs_a_type_and_values(string inner, string message) =>
        Assert.Equal(message, Assert.Single(Import(Policy(Rule(Claim(inner)))).Problems).Message);

    [Fact]
    public void A_parameter_adds_to_the_values_that_are_written()
    {
        var xml = Policy(Rule(Claim("<ClaimType> a </ClaimType><Values><Value> x </Value></Values><ParameterName> P </ParameterName>")));

        var result = Import(xml, Options with { Parameters = Parameters("P", "y", "z") });

        Assert.Contains("""{ "type": "a", "operator": "in", "value": ["x", "y", "z"] }""", result.Document, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_without_values_is_a_value_too_few()
    {
        var xml = Policy(Rule(Claim("<ClaimType>a</ClaimType><ParameterName>P</ParameterName>")));

        Assert.Contains("the parameter `P` has no value", Assert.Single(Import(xml).Problems).Message, StringComparison.Ordinal);
        Assert.Contains("no such parameter", Assert.Single(Import(Policy(Rule(Always)), Options with { Parameters = Parameters("P", "y") }).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_is_said_to_be_where_it_stands_among_its_like()
    {
        var xml = Policy($"{Rule(Always)}\n{Rule(Always + "\n" + Claim("<ClaimType>a</ClaimType>"))}");

        var problem = Assert.Single(Import(xml).Problems);

        Assert.Equal(("/PolicyMetadata/IssuanceAuthorizationRules/Rule[2]/Conditions/Condition[2]", 3), (problem.Path, problem.Line));
    }

    [Fact]
    public void What_is_there_twice_is_named_by_its_second_line()
    {
        var problem = Assert.Single(Import(Policy(Rule(Always.Replace("</Operator>", "</Operator>\n<Operator>IsPresent</Operator>", StringComparison.Ordinal)))).Problems);

        Assert.Equal(("/PolicyMetadata/IssuanceAuthorizationRules/Rule/Conditions/Condition/Operator[2]", 2), (problem.Path, problem.Line));
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(41, 40)]
    public void A_very_long_name_is_cut_in_the_place_of_a_problem(int length, int shown) => Assert.Equal(
        $"/PolicyMetadata/{new string('x', shown)}",
        Assert.Single(Import(Policy(Rule(Always)).Replace("</PolicyMetadata>", $"<{new string('x', length)} /></PolicyMetadata>", StringComparison.Ordinal)).Problems).Path);

    [Theory]
    [InlineData(16, false)]
    [InlineData(17, true)]
    public void Elements_may_be_nested_to_sixteen_levels(int levels, bool isTooDeep)
    {
        var xml = Head + string.Concat(Enumerable.Repeat("<Rule>", levels)) + string.Concat(Enumerable.Repeat("</Rule>", levels)) + "</PolicyMetadata>";

        Assert.Equal(isTooDeep, Import(xml).Problems.Any(problem => problem.Message.Contains("nested too deeply", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(51)]
    public void The_first_fifty_problems_are_listed(int unknown) =>
        Assert.Equal(50, Import(Policy(string.Concat(Enumerable.Repeat("<Rule i:nil='true' />", unknown)))).Problems.Count);

    [Fact]
    public void What_is_too_long_names_the_last_line_that_was_read() =>
        Assert.Equal(3, Assert.Single(Import($"\n\n{Head.Trim()}{new string(' ', 1_100_000)}</PolicyMetadata>").Problems).Line);

    [Theory]
    [InlineData("Permit everyone", "", "")]
    [InlineData("Permit everyone and require MFA", "mfa", "")]
    [InlineData("Permit everyone and require MFA", "always mfa", "")]
    [InlineData("Permit everyone and require MFA for specific group", "always not group", "group mfa")]
    [InlineData("Permit specific group", "group", "")]
    [InlineData("Permit everyone and require MFA from extranet access", "intranet", "extranet mfa")]
    [InlineData("Permit everyone for intranet access", "always intranet", "")]
    [InlineData(null, "always not group", "")]
    [InlineData(null, "group mfa", "other")]
    [InlineData(null, "group mfa", "always not other")]
    [InlineData(null, "extranet", "intranet")]
    [InlineData(null, "extranet", "")]
    [InlineData(null, "group mfa extranet", "")]
    [InlineData(null, "group:extranet mfa", "group:intranet")]
    [InlineData(null, "claim:intranet", "")]
    public void The_rules_of_a_template_are_recognized_in_any_order_and_no_others(string? template, string first, string second)
    {
        var result = Import(AdfsTestRule.ToXml(new[] { first.Length == 0 ? "always" : first, second }.Where(rule => rule.Length > 0).Select(Read)));

        Assert.Empty(result.Problems);
        Assert.Equal(
            template is null ? [] : [$"The rules are those of the template \"{template}\"."],
            result.Notes.Where(note => note.StartsWith("The rules", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_template_recognizes_itself_and_asks_nothing_of_AD_FS_but_its_groups() => Assert.All(AdfsTemplates.Names, name =>
    {
        var options = Options with { Parameters = AdfsTemplates.NeedsGroups(name) ? Parameters("GroupParameter", "Staff") : [] };

        var notes = AdfsImport.FromTemplate(name, options).Notes;

        Assert.Equal($"The rules are those of the template \"{name}\".", notes[0]);
        Assert.DoesNotContain(notes, note => note.StartsWith("Fresh authentication", StringComparison.Ordinal));
    });

    [Fact]
    public void A_template_takes_the_parameters_it_has_and_no_others()
    {
        var needless = AdfsImport.FromTemplate("Permit everyone", Options with { Parameters = Parameters("GroupParameter", "Staff") });
        var unknown = AdfsImport.FromTemplate("Permit specific group", Options with { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["GroupParameter"] = ["Staff"], ["X"] = ["y"] } });

        Assert.Equal("parameter GroupParameter", Assert.Single(needless.Problems).Path);
        Assert.Equal("parameter X", Assert.Single(unknown.Problems).Path);
    }

    [Fact]
    public void Nothing_at_all_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentNullException>(() => AdfsImport.FromMetadata(null!, Options));
        Assert.Throws<ArgumentNullException>(() => AdfsImport.FromMetadata("", null!));
        Assert.Throws<ArgumentNullException>(() => AdfsImport.FromTemplate(null!, Options));
        Assert.Throws<ArgumentNullException>(() => AdfsImport.FromTemplate("", null!));
    }

    private static AdfsTestRule Read(string rule)
    {
        var parts = rule.Split("not ");
        return new AdfsTestRule([.. Conditions(parts[0])], [.. Conditions(parts.Length > 1 ? parts[1] : "")]);

        static IEnumerable<AdfsTestCondition> Conditions(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word switch
        {
            "always" => new AdfsTestCondition("AlwaysCondition", ""),
            "mfa" => new AdfsTestCondition("MultiFactorAuthenticationCondition", ""),
            "intranet" or "extranet" => new AdfsTestCondition("LocationCondition", "", word),
            _ when word.StartsWith("claim:", StringComparison.Ordinal) => new AdfsTestCondition("SpecificClaimCondition", "a", word[6..]),
            _ => new AdfsTestCondition("GroupMembershipCondition", "", word.Replace("group:", "", StringComparison.Ordinal)),
        });
    }
}
