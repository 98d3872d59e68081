using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Conditions;

public class PathConditionTests
{
    private static Match Says(string pattern, string path) => Policies.PermitWhen($$""" "path": ["{{pattern}}"] """)
        .Explain(Policies.Request() with { Path = path }).Rules[0].Conditions[0].Says;

    [Theory]
    [InlineData("/owa/", "/owa/", Match.Yes)]
    [InlineData("/owa/", "/OWA/", Match.Yes)]
    [InlineData("/owa/", "/owa", Match.No)]
    [InlineData("/owa/", "/owa/x", Match.No)]
    [InlineData("/owa", "/owa2", Match.No)]
    [InlineData("/", "/", Match.Yes)]
    [InlineData("/", "/x", Match.No)]
    public void Without_stars_the_path_must_be_equal_but_for_case(string pattern, string path, Match expected) =>
        Assert.Equal(expected, Says(pattern, path));

    [Theory]
    [InlineData("/owa/**", "/owa", Match.Yes)]
    [InlineData("/owa/**", "/owa/", Match.Yes)]
    [InlineData("/owa/**", "/Owa/a/b/c.aspx", Match.Yes)]
    [InlineData("/owa/**", "/owa2", Match.No)]
    [InlineData("/owa/**", "/owa2/x", Match.No)]
    [InlineData("/owa/**", "/x/owa/", Match.No)]
    [InlineData("/**", "/", Match.Yes)]
    [InlineData("/**", "/anything/at/all", Match.Yes)]
    public void Two_stars_at_the_end_mean_the_path_and_everything_below(string pattern, string path, Match expected) =>
        Assert.Equal(expected, Says(pattern, path));

    [Theory]
    [InlineData("/ecp/*/settings", "/ecp/v1/settings", Match.Yes)]
    [InlineData("/ecp/*/settings", "/ecp//settings", Match.Yes)]
    [InlineData("/ecp/*/settings", "/ecp/a/b/settings", Match.No)]
    [InlineData("/ecp/*.aspx", "/ecp/Default.ASPX", Match.Yes)]
    [InlineData("/ecp/*.aspx", "/ecp/default.aspx/x", Match.No)]
    [InlineData("/ecp/*.aspx", "/ecp/aspx", Match.No)]
    [InlineData("/a*b*c", "/aXbYc", Match.Yes)]
    [InlineData("/a*b*c", "/abbc", Match.Yes)]
    [InlineData("/a*b*c", "/ac", Match.No)]
    [InlineData("/a*a", "/a", Match.No)]
    [InlineData("/a*ab", "/aab", Match.Yes)]
    [InlineData("/*", "/x", Match.Yes)]
    [InlineData("/*", "/x/", Match.No)]
    [InlineData("/ecp/*/x/**", "/ecp/1/x/y/z", Match.Yes)]
    [InlineData("/ecp/*/x/**", "/ecp/1/2/x/y", Match.No)]
    public void One_star_stays_inside_its_segment(string pattern, string path, Match expected) => Assert.Equal(expected, Says(pattern, path));
}
