using System.Net;
using MfaGateway.IntegrationTests.Simulation;

namespace MfaGateway.IntegrationTests.SignIn;

/// <summary>Times in seconds from now; the tolerated skew is 5 minutes.</summary>
public sealed class TokenTimeTests
{
    [Theory]
    [InlineData("exp", -301)]
    [InlineData("exp", -86_400)]
    [InlineData("nbf", 360)]
    [InlineData("iat", 360)]
    [InlineData("iat", 86_400)]
    public async Task a_token_outside_its_life_opens_nothing(string claim, int seconds)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.Claim("nbf", t.Number("iat") - 100_000).Claim(claim, t.Number("iat") + seconds);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Theory]
    [InlineData("exp", -299)]
    [InlineData("exp", 1)]
    [InlineData("nbf", 299)]
    [InlineData("iat", 299)]
    [InlineData("iat", -1_000)]
    public async Task a_token_inside_its_life_and_the_skew_is_accepted(string claim, int seconds)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.Claim("nbf", t.Number("iat") - 1_000).Claim(claim, t.Number("iat") + seconds);

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    [Theory]
    [InlineData("exp", "null")]
    [InlineData("exp", "\"soon\"")]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "[4102444800]")]
    [InlineData("exp", "true")]
    [InlineData("exp", "\"4102444800\"")]
    [InlineData("nbf", "null")]
    [InlineData("nbf", "\"now\"")]
    [InlineData("nbf", "\"1772400000\"")]
    [InlineData("nbf", "[1772400000]")]
    [InlineData("iat", "null")]
    [InlineData("iat", "\"now\"")]
    [InlineData("iat", "\"1772400000\"")]
    [InlineData("iat", "\"2026-03-02T08:00:00Z\"")]
    [InlineData("iat", "0")]
    [InlineData("iat", "-5")]
    [InlineData("iat", "1e300")]
    public async Task a_time_that_is_none_opens_nothing(string claim, string json)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.ClaimJson(claim, json);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("iat")]
    public async Task a_token_without_this_time_opens_nothing(string claim)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.Without(claim);

        await network.ExpectRefusedAsync(network.NewBrowser(), HttpStatusCode.BadGateway, "sign-in-invalid");
    }

    [Fact]
    public async Task a_token_without_nbf_is_accepted()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.IdToken = t => t.Without("nbf");

        await network.ExpectAcceptedAsync(network.NewBrowser());
    }

    public static TheoryData<string> NotFresh => ["an hour old", "missing", "null", "no number", "a day ahead"];

    [Theory]
    [MemberData(nameof(NotFresh))]
    public async Task a_step_up_that_asked_for_a_fresh_sign_in_is_refused_without_a_fresh_auth_time(string authTime)
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var browser = await network.SignedInBrowserAsync();
        var handle = browser.Cookies.Find("__Host-mfagw")!.Value;
        network.Time.Advance(TimeSpan.FromMinutes(25));
        network.Provider.IdToken = t => Age(t, authTime);

        var page = await browser.OpenAsync("/ecp/");

        network.ExpectRefusal(page, HttpStatusCode.Forbidden, "factor-not-delivered");
        Assert.Equal("900", network.Provider.LastRequest["max_age"]);
        Assert.Equal(handle, browser.Cookies.Find("__Host-mfagw")!.Value); // it was no sign-in at all
        Assert.DoesNotContain(network.Exchange.Requests, request => request.Target.StartsWith("/ecp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_step_up_with_a_fresh_auth_time_opens_the_page()
    {
        await using var network = await SimulatedNetwork.StartAsync();
        network.Provider.Person = Person.Admin;
        var browser = await network.SignedInBrowserAsync();
        network.Time.Advance(TimeSpan.FromMinutes(25));

        var page = await browser.OpenAsync("/ecp/");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("/ecp/", network.Exchange.Last.Target);
    }

    private static void Age(TokenDraft token, string authTime)
    {
        _ = authTime switch
        {
            "an hour old" => token.Claim("auth_time", token.Number("iat") - 3_600),
            "missing" => token.Without("auth_time"),
            "null" => token.Claim("auth_time", null),
            "no number" => token.Claim("auth_time", "recently"),
            _ => token.Claim("auth_time", token.Number("iat") + 86_400),
        };
    }
}
