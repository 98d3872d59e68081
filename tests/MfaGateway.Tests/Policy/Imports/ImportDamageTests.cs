using CsCheck;
using MfaGateway.Policy.Documents;
using MfaGateway.Policy.Imports;
using MfaGateway.Policy.Imports.Adfs;
using MfaGateway.Policy.Imports.ConditionalAccess;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>A damaged file is imported or refused; it never throws, and never yields a document beside a problem.</summary>
public class ImportDamageTests
{
    private static readonly int Samples = Scale.Of(2_000);

    private static readonly string Metadata = AdfsTestRule.ToXml(
        new AdfsTestRule(
            [new("SpecificClaimCondition", "department", "Sales"), new("MultiFactorAuthenticationCondition", "")],
            [new("GroupMembershipCondition", "", "S-1-5-21-1")]),
        new AdfsTestRule([new("LocationCondition", "", "intranet", "203.0.113.0/24")], []));

    private static readonly string Policies = CaPolicy.ToJson(
    [
        new CaPolicy
        {
            IncludeUsers = [CaTenant.Alice], ExcludeGroups = [CaTenant.Staff], IncludePlatforms = ["iOS"], IncludeLocations = ["All"], ExcludeLocations = ["AllTrusted"],
            FilterMode = "exclude", FilterRule = "device.isCompliant -eq True -and -not (device.isCompliant -ne True)", Hours = 4,
        },
        new CaPolicy { IncludeApplications = [CaTenant.Gateway], Controls = ["mfa", "compliantDevice"], Operator = "OR" },
    ]);

    [Fact]
    public void Damaged_metadata_is_read_or_refused_but_never_throws() =>
        Damage(Metadata, ["<", ">", "</Rule>", "<Value>", "&#0;", "&lt;", "\"", "i:type=\"\"", ":", "/", "\0", "\ud800", "10.0.0.0/8", "<!--", "]]>"])
            .Sample(xml => Judge(AdfsImport.FromMetadata(xml, new AdfsImportOptions { Intranet = ["10.0.0.0/8"] })), iter: Samples);

    [Fact]
    public void Damaged_policies_are_read_or_refused_but_never_throw() =>
        Damage(Policies, ["\"", "{}", "[]", "null", "7", "\\ud800", "\0", ",", "true", "All", "-not ", "(", ")", "\"\"", "1e999"])
            .Sample(json => Judge(ConditionalAccessImport.Import(json, CaTenant.Locations, Options)), iter: Samples);

    [Fact]
    public void Damaged_locations_are_read_or_refused_but_never_throw() =>
        Damage(CaTenant.Locations, ["\"", "{}", "[]", "null", "7", "\\ud800", "\0", ",", "true", "/", "999", "::", "XX"])
            .Sample(json => Judge(ConditionalAccessImport.Import(Policies, json, Options)), iter: Samples);

    private static ConditionalAccessImportOptions Options { get; } = new() { Targets = new Dictionary<string, IReadOnlyList<string>> { ["*"] = ["owa"] } };

    private static Gen<string> Damage(string text, string[] junk) => Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 12], Gen.OneOf(junk), (at, length, inserted) =>
        string.Concat(text.AsSpan(0, at), inserted, text.AsSpan(Math.Min(at + length, text.Length))));

    private static void Judge(ImportResult result)
    {
        Assert.Equal(result.Problems.Count == 0, result.Document is not null);
        if (result.Document is not null)
            Assert.Empty(PolicyCompiler.Compile(result.Document).Problems);
    }
}
