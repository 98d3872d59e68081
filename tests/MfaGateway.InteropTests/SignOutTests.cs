using MfaGateway.InteropTests.Setup;

namespace MfaGateway.InteropTests;

public sealed class SignOutTests : IAsyncLifetime
{
    private Deployment? _deployment;

    private Deployment Parts => _deployment ?? throw new InvalidOperationException("Nothing has started.");

    public async ValueTask InitializeAsync() => _deployment = await Deployment.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_deployment is not null) await _deployment.DisposeAsync();
    }

    [Fact]
    public async Task signing_out_of_the_mail_ends_the_session_at_the_provider()
    {
        using var browser = Parts.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Alice);

        await browser.OpenAsync("/owa/logoff.owa");
        Assert.Equal("Sign out?", browser.Heading); // the provider's own question
        await browser.SubmitAsync(("logout", "yes"));

        Assert.Equal("You are signed out", browser.Heading);
        Assert.Equal(440, await browser.CallAsync("/owa/service.svc?action=FindItem"));
        await browser.OpenAsync("/owa/");
        Assert.Equal("Sign in", browser.Heading);
    }

    [Fact]
    public async Task signing_out_at_the_provider_ends_the_session_of_the_mail()
    {
        using var browser = Parts.OpenBrowser();
        await browser.OpenAsync("/owa/");
        await browser.GivePasswordAsync(Account.Alice);
        Assert.Equal(200, await browser.CallAsync("/owa/service.svc?action=FindItem"));

        await browser.OpenAsync(new Uri(Parts.Provider.Issuer, "/session/end"));
        await browser.SubmitAsync(("logout", "yes"));

        Assert.Equal("Signed out", browser.Heading);
        Assert.Equal(440, await browser.CallAsync("/owa/service.svc?action=FindItem")); // by a logout token on the back channel
    }
}
