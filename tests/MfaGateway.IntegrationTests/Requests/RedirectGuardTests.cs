using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Redirects that a browser reads differently from a strict parser (WHATWG URL: tabs vanish, backslashes are slashes).</summary>
public sealed class RedirectGuardTests
{
    [Theory]
    [InlineData("/\t/evil.test/")]
    [InlineData("\t//evil.test/")]
    [InlineData("//evil.test/")]
    [InlineData("/\\evil.test/")]
    [InlineData("\\\\evil.test/")]
    [InlineData("https:evil.test")]
    [InlineData("https:/evil.test")]
    [InlineData("https:///evil.test")]
    [InlineData("https:\\\\evil.test\\")]
    [InlineData("https://evil.test:443:443/")]
    [InlineData("https://evil.test:/")]
    [InlineData("https://[evil.test/")]
    [InlineData("https://evil%2etest/")]
    [InlineData("https://mail.contoso.com@evil.test/")]
    [InlineData("https://evil.test\\@mail.contoso.com/")]
    [InlineData("https://evil.test\t@mail.contoso.com/")]
    [InlineData("ht\ttps://evil.test/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    public async Task an_answer_that_leads_a_browser_elsewhere_is_refused(string location)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => Redirect(location);

        var page = await alice.GetAsync("/owa/?x=1");

        network.ExpectRefusal(page, HttpStatusCode.BadGateway, "foreign-redirect");
        Assert.Null(page.Location);
    }

    [Fact]
    public async Task two_redirects_in_one_answer_are_refused()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => Redirect("/owa/", "https://evil.test/");

        network.ExpectRefusal(await alice.GetAsync("/owa/?x=1"), HttpStatusCode.BadGateway, "foreign-redirect");
    }

    [Theory]
    [InlineData("/owa/")]
    [InlineData("/owa/auth/errorFE.aspx?httpCode=404&msg=a%20b")]
    [InlineData("default.aspx?x=/y:z")]
    [InlineData("?layout=tnarrow")]
    [InlineData("https://mail.contoso.com/owa/")]
    [InlineData("https://mail.contoso.com:443/owa/?url=https://evil.test/")]
    public async Task an_answer_that_stays_on_our_origin_passes_as_it_is(string location)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => Redirect(location);

        var page = await alice.GetAsync("/owa/?x=1");

        Assert.Equal(HttpStatusCode.Found, page.Status);
        Assert.Equal(location, page.Location);
    }

    private static HttpResponseMessage Redirect(params string[] locations)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.Found);
        Assert.True(answer.Headers.TryAddWithoutValidation("Location", locations));
        return answer;
    }
}
