namespace MfaGateway.Tests.Documentation;

/// <summary>Keeps docs/extending.md true: the code it shows is the code that is built and tested. With the environment variable <c>UPDATE_DOCS=1</c> it is brought up to date.</summary>
public class ExtendingPageTests
{
    private static readonly string Page = Repository.PathOf("docs", "extending.md");

    [Theory]
    [InlineData("csharp", 0, "tests/SamplePlugIn/EmployeeNumberFactory.cs")]
    [InlineData("csharp", 1, "tests/SamplePlugIn/EmployeeNumber.cs")]
    [InlineData("rego", 0, "deploy/config/policy.sample.rego")]
    public void The_page_shows_the_file(string language, int number, string file)
    {
        var page = File.ReadAllText(Page).ReplaceLineEndings("\n");
        var code = File.ReadAllText(Repository.PathOf(file.Split('/'))).ReplaceLineEndings("\n").TrimEnd();
        var fence = $"```{language}\n";
        var start = -1;
        for (var n = 0; n <= number; n++) start = page.IndexOf(fence, start + 1, StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no block of {language} any more.");
        var from = start + fence.Length;
        var until = page.IndexOf("\n```", from, StringComparison.Ordinal);

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(Page, page = page[..from] + code + page[until..]);

        Assert.Equal(code, page[from..page.IndexOf("\n```", from, StringComparison.Ordinal)]);
    }
}
