using MfaGateway.SignIn;

namespace MfaGateway.Tests.SignIn;

public class ReturnTargetTests
{
    private static readonly Uri Origin = new("https://mail.contoso.com");

    [Theory]
    [InlineData("/owa/", null, "/owa/")]
    [InlineData("/owa/?path=/mail/inbox&x=a%20b", null, "/owa/?path=/mail/inbox&x=a%20b")]
    [InlineData("/ecp/?ExchClientVer=15", null, "/ecp/?ExchClientVer=15")]
    [InlineData("/owa/", "#path=/mail", "/owa/#path=/mail")]
    [InlineData("/owa/", "path=/mail", "/owa/#path=/mail")]
    [InlineData("/owa/", "#", "/owa/")]
    [InlineData("/owa/", "a<b>", "/owa/")] // the page is kept, the odd fragment is not
    [InlineData("/owa/", "a\r\nb", "/owa/")]
    [InlineData("/%6fwa/service.svc/s/GetFileAttachment?id=1", null, "/owa/service.svc/s/GetFileAttachment?id=1")]
    [InlineData("/owa/?url=https://attacker.example", null, "/owa/?url=https://attacker.example")] // only a parameter of Exchange
    public void The_page_asked_for_comes_back_exactly(string target, string? fragment, string expected) => Assert.Equal(expected, ReturnTarget.From(target, fragment));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/.gateway/signout")] // signing in must not end in signing out
    [InlineData("/.GATEWAY/signout")]
    [InlineData("/%2egateway/signout")]
    [InlineData("/.gateway")]
    public void What_is_no_page_of_Exchange_becomes_the_mailbox(string? target) => Assert.Equal("/owa/", ReturnTarget.From(target));

    [Fact]
    public void A_target_or_fragment_without_end_is_not_kept()
    {
        Assert.Equal("/owa/", ReturnTarget.From("/owa/?" + new string('a', 5_000)));
        Assert.Equal("/owa/x.aspx", ReturnTarget.From("/owa/x.aspx", new string('a', 5_000)));
    }

    [Fact]
    public void No_open_redirect_payload_leads_to_another_origin()
    {
        var payloads = OpenRedirectPayloads.All().ToList();

        Assert.True(payloads.Count >= 800, $"only {payloads.Count} payloads");
        Assert.All(payloads, payload => Assert.Null(WayOut(ReturnTarget.From(payload))));
        Assert.All(payloads, payload => Assert.Null(WayOut(ReturnTarget.From("/owa/", payload))));
    }

    [Theory]
    [InlineData("//attacker.example/")]
    [InlineData("/\\attacker.example")]
    [InlineData("/\t/attacker.example")]
    [InlineData("https://attacker.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/owa/\r\nLocation: https://attacker.example")]
    public void The_judge_of_the_corpus_knows_a_way_out_when_it_sees_one(string location) => Assert.NotNull(WayOut(location));

    /// <summary>How a browser would leave our origin by this Location, after the WHATWG URL standard: tabs and line ends vanish, backslashes are slashes.</summary>
    private static string? WayOut(string location)
    {
        if (location.Any(c => char.IsControl(c) || c > '~')) return "characters that must not stand in a header";
        var asBrowser = location.Trim().Replace('\\', '/');
        if (!asBrowser.StartsWith('/') || asBrowser.StartsWith("//", StringComparison.Ordinal)) return "not a path";
        var resolved = new Uri(Origin, asBrowser);
        return resolved.Authority == Origin.Authority && resolved.Scheme == Origin.Scheme ? null : $"leads to {resolved}";
    }
}
