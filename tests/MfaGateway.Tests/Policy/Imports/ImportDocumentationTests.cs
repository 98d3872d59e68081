using MfaGateway.Policy.Imports.Adfs;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>docs/policy-import.md speaks of everything that is believed, and of every option.</summary>
public class ImportDocumentationTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs", "policy-import.md"));

    [Fact]
    public void Every_condition_type_and_template_of_AD_FS_is_listed()
    {
        var missing = AdfsVocabulary.Types.Keys.Concat(AdfsTemplates.Names).Where(name => !Text.Contains($"`{name}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("--metadata", "--template", "--parameters", "--intranet", "--name", "--condition-type", "--fresh-authentication-at-adfs", "--resource", "--output", "--json")]
    [InlineData("--file", "--locations", "--base-permit", "--target", "--strength", "--hybrid-joined-is-managed", "--client-apps-by-user-agent")]
    public void Every_option_is_explained(params string[] options) =>
        Assert.All(options, option => Assert.Contains(option, Text, StringComparison.Ordinal));
}
