using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>Exchange's own logon stays in the browser when the gateway's session ends; it must not become the next person's.</summary>
public sealed class CookieOwnerTests
{
    private static readonly string[] _logon =
        ["cadata", "cadataTTL", "cadataKey", "cadataIV", "cadataSig", "TimeWindowSig", "FedAuth", "FedAuth1", "OpenIdConnect.nonce.x", "ASP.NET_SessionId"];

    [Fact]
    public async Task cookies_that_exchange_gave_one_person_never_reach_it_in_the_session_of_the_next()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await LoggedOnAsync(network);
        browser.Cookies.Remove("__Host-mfagw");
        network.Exchange.Answer = null;
        network.Provider.Person = Person.Admin;

        await browser.OpenAsync("/owa/");
        await browser.OpenAsync("/owa/default.aspx");

        Assert.DoesNotContain("cadata", CookiesOf(network.Exchange.Last), StringComparison.Ordinal);
        Assert.DoesNotContain(network.Exchange.Requests.TakeLast(2), r => CookiesOf(r).Contains("alices-logon", StringComparison.Ordinal));
        Assert.DoesNotContain(browser.Cookies.All, cookie => cookie.Value == "alices-logon");
    }

    /// <summary>A browser shows a cookie below its path only, and the next person's logon may begin at another one.</summary>
    [Theory]
    [InlineData("ASP.NET_SessionId")]
    [InlineData("FedAuth")]
    [InlineData("FedAuth1")]
    public async Task cookies_that_lie_at_another_path_become_nobody_else_s_either(string name)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", $"{name}=alices-logon; path=/ecp; HttpOnly" } } };
        var browser = await network.SignedInBrowserAsync();
        browser.Cookies.Remove("__Host-mfagw");
        network.Provider.Person = Person.Admin;
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", "cadata=admins-logon; path=/; HttpOnly" } } };
        await browser.OpenAsync("/owa/");
        network.Exchange.Answer = null;

        await browser.OpenAsync("/ecp/");

        Assert.Equal(("/ecp/", "cadata=admins-logon"), (network.Exchange.Last.Target, CookiesOf(network.Exchange.Last)));
    }

    [Fact]
    public async Task the_same_person_keeps_them_in_a_new_session()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await LoggedOnAsync(network);
        browser.Cookies.Remove("__Host-mfagw");
        network.Exchange.Answer = null;

        await browser.OpenAsync("/owa/");

        Assert.Contains("cadata=alices-logon", CookiesOf(network.Exchange.Last), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_exchange_sets_in_the_answer_that_clears_the_old_ones_stays()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var browser = await LoggedOnAsync(network);
        browser.Cookies.Remove("__Host-mfagw-owner");
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", "cadata=new-logon; path=/" } } };

        await browser.GetAsync("/owa/");

        Assert.Equal("new-logon", browser.Cookies.Find("cadata")?.Value);
    }

    private static async Task<Browser> LoggedOnAsync(SimulatedNetwork network)
    {
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", _logon.Select(name => $"{name}=alices-logon; path=/; HttpOnly") } } };
        var browser = await network.SignedInBrowserAsync();
        await browser.GetAsync("/owa/");
        Assert.Contains("cadata=alices-logon", CookiesOf(network.Exchange.Last), StringComparison.Ordinal);
        return browser;
    }

    private static string CookiesOf(Received request) => request.Headers.TryGetValue("Cookie", out var values) ? string.Join("; ", values) : "";
}
