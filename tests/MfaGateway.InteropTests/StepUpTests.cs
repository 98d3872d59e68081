using System.Net;
using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests;

public sealed class StepUpTests : IAsyncLifetime
{
    private Deployment? _deployment;

    private Deployment Parts => _deployment ?? throw new InvalidOperationException("Nothing has started.");

    public async ValueTask InitializeAsync() => _deployment = await Deployment.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_deployment is not null) await _deployment.DisposeAsync();
    }

    [Fact]
    public async Task a_page_that_demands_more_asks_for_just_that()
    {
        using var browser = Parts.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Admin);
        var handle = browser.SessionCookie?.Value;

        await browser.OpenAsync("/ecp/");
        await browser.GiveCodeAsync(Account.Admin);

        Assert.Equal("Exchange shows /ecp/", browser.Html);
        var session = await browser.SessionAsync();
        Assert.True(session.GetProperty("mfa").GetBoolean());
        Assert.Contains("otp", session.GetProperty("methods").EnumerateArray().Select(method => method.GetString()));
        Assert.NotEqual(handle, browser.SessionCookie?.Value);
    }

    [Fact]
    public async Task what_the_provider_cannot_deliver_is_a_refusal_and_no_loop()
    {
        using var browser = Parts.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Bob);

        await browser.OpenAsync("/ecp/");
        var visits = browser.VisitsToProvider;
        var (status, heading) = (browser.Status, browser.Heading);
        await browser.OpenAsync("/ecp/");

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("A second factor is needed", heading);
        Assert.Equal(HttpStatusCode.Forbidden, browser.Status);
        Assert.Equal(visits, browser.VisitsToProvider);
    }

    [Fact]
    public async Task who_strips_the_demand_from_the_redirect_gains_nothing()
    {
        using var browser = Parts.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Admin);
        await browser.OpenAsync("/ecp/");
        Assert.Equal("Second factor", browser.Heading);

        await browser.OpenWithoutAsync("/ecp/", "acr_values", "max_age");

        Assert.Equal(HttpStatusCode.Forbidden, browser.Status);
        Assert.Equal("A second factor is needed", browser.Heading);
    }

    [Fact]
    public async Task nobody_is_asked_for_a_factor_that_would_not_help()
    {
        using var browser = Parts.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Alice);
        var visits = browser.VisitsToProvider;

        await browser.OpenAsync("/ecp/");

        Assert.Equal("You have no access", browser.Heading);
        Assert.Equal(visits, browser.VisitsToProvider);
    }
}
