using MfaGateway.Exchange;

namespace MfaGateway.Tests.Exchange;

public class PublishedShapeTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    [InlineData("default.aspx", "DEFAULT.aspx", true)]
    [InlineData("default.aspx", "default.aspx/", false)]
    [InlineData("default.aspx", "a/default.aspx", false)]
    [InlineData("a/b", "a", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("*.ashx", "upload.ashx", true)]
    [InlineData("*.ashx", ".ashx", true)]
    [InlineData("*.ashx", "ashx", false)]
    [InlineData("*.ashx", "a/upload.ashx", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("a*a", "a", false)] // one letter cannot be both ends
    [InlineData("service.svc/s/*", "service.svc/s/Get", true)]
    [InlineData("service.svc/s/*", "service.svc/s/", false)]
    [InlineData("service.svc/s/*", "service.svc/s", false)]
    [InlineData("prem/**", "prem/a/b/c.js", true)]
    [InlineData("prem/**", "prem/", true)]
    [InlineData("prem/**", "prem", false)]
    [InlineData("prem/**", "premium/a", false)]
    [InlineData("**/*.svc/*", "a.svc/Get", true)]
    [InlineData("**/*.svc/*", "x/y/a.svc/Get", true)]
    [InlineData("**/*.svc/*", "x/a.svc", false)]
    [InlineData("**/*.svc/*", "x/a.svc/Get/More", false)]
    [InlineData("**/*.svc/*", "x.svc/a.svc/Get", true)]
    [InlineData("**/", "", true)]
    [InlineData("**/", "a/b/", true)]
    [InlineData("**/", "a/b", false)]
    [InlineData("{build}/**", "15.2.1118.7/x", true)]
    [InlineData("{build}/**", "Current/x", true)]
    [InlineData("{build}/**", "15/x", false)]
    [InlineData("{build}/**", "15.2.a/x", false)]
    [InlineData("{build}/**", "/x", false)]
    public void A_shape_matches_whole_segments(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new PublishedShape(pattern, Verbs.All).Matches(path));
}
