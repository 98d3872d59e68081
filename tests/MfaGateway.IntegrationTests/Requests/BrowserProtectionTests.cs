using System.Net.Http.Headers;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.Requests;

/// <summary>What browsers are told about Exchange's pages besides what Exchange says.</summary>
public sealed class BrowserProtectionTests
{
    private const string NoAttributes = "script-src-attr 'none'";

    [Fact]
    public async Task every_answer_forbids_guessing_types_leaking_addresses_and_foreign_frames()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();

        var page = await alice.GetAsync("/owa/");

        Assert.Equal("nosniff", page.Header("X-Content-Type-Options"));
        Assert.Equal("same-origin", page.Header("Referrer-Policy"));
        Assert.Equal("SAMEORIGIN", page.Header("X-Frame-Options"));
        Assert.Equal("max-age=31536000", page.Header("Strict-Transport-Security"));
        Assert.Null(page.Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task what_Exchange_says_of_addresses_and_frames_itself_counts()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Referrer-Policy", "no-referrer" }, { "X-Frame-Options", "DENY" } } };

        var page = await alice.GetAsync("/owa/");

        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        Assert.Equal("DENY", page.Header("X-Frame-Options"));
    }

    [Theory]
    [InlineData("/owa", true)]
    [InlineData("/owa/", true)]
    [InlineData("/owa/?path=/mail", true)]
    [InlineData("/owa/Default.aspx", true)]
    [InlineData("/owa/group@contoso.com/", true)]
    [InlineData("/owa/projection.aspx", true)]
    [InlineData("/owa/attachment.ashx", false)]
    public async Task handlers_in_attributes_are_forbidden_on_the_pages_of_OWA_when_that_is_wanted(string path, bool forbidden)
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Exchange"]!["BlockScriptAttributes"] = true });
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => Page("text/html");

        var page = await alice.GetAsync(path);

        var policies = page.Response.Headers.GetValues("Content-Security-Policy").ToList();
        Assert.Equal("script-src 'self' 'unsafe-inline' 'unsafe-eval'", policies[0]); // as Exchange sent it
        Assert.Equal(forbidden, policies.Contains(NoAttributes));
    }

    [Fact]
    public async Task what_is_no_page_gets_no_policy_for_pages()
    {
        await using var network = await SimulatedNetwork.StartAsync(new NetworkSetup { Configuration = gateway => gateway["Exchange"]!["BlockScriptAttributes"] = true });
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => Page("application/json");

        var page = await alice.GetAsync("/owa/");

        Assert.DoesNotContain(NoAttributes, page.Response.Headers.GetValues("Content-Security-Policy"));
    }

    [Fact]
    public async Task scripts_keep_the_canary_and_lose_the_logon()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        var alice = await network.SignedInBrowserAsync();
        network.Exchange.Answer = _ => new HttpResponseMessage { Headers = { { "Set-Cookie", ["X-OWA-CANARY=a; path=/", "X-BackEndCookie=b; path=/owa", "ASP.NET_SessionId=c; path=/; httponly"] } } };

        var page = await alice.FetchAsync(HttpMethod.Get, "/owa/");

        Assert.Contains("X-OWA-CANARY=a; path=/; Secure", page.SetCookies);
        Assert.Contains(page.SetCookies, cookie => cookie.StartsWith("X-BackEndCookie=", StringComparison.Ordinal) && cookie.EndsWith("; path=/owa; Secure; HttpOnly", StringComparison.Ordinal));
        Assert.Contains("ASP.NET_SessionId=c; path=/; httponly; Secure", page.SetCookies);
    }

    private static HttpResponseMessage Page(string type)
    {
        var answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        answer.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        answer.Headers.TryAddWithoutValidation("Content-Security-Policy", "script-src 'self' 'unsafe-inline' 'unsafe-eval'");
        return answer;
    }
}
