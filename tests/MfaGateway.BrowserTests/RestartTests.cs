using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;

namespace MfaGateway.BrowserTests;

/// <summary>The gateway is restarted in the middle of everything.</summary>
public sealed class RestartTests(Chromium chromium, Estates estates)
{
    [Theory]
    [Dialects]
    public async Task nobody_notices_a_restart(string dialect)
    {
        await using var estate = await estates.StartAsync(dialect);
        var late = estate.Alice();
        await using var window = await chromium.OpenAsync();
        var underWay = await window.NewPageAsync();
        await underWay.GotoAsync($"{estate.Gateway}owa/?late=1#path=/mail/drafts");
        await new ProviderPage(underWay).GivePasswordAsync(late);
        await new ProviderPage(underWay).WaitForCodeAsync();
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        await alice.Page.EvaluateAsync("window.sameDocument = true");

        await estate.RestartGatewayAsync();
        await alice.Mail.MustReadMailAsync();
        await new ProviderPage(underWay).GiveCodeAsync(late.NextCode());
        await new MailPage(underWay).WaitAsync();

        Assert.True(await alice.Page.EvaluateAsync<bool>("window.sameDocument === true"), "The page was loaded anew.");
        Assert.Equal($"{estate.Gateway}owa/?late=1#path=/mail/drafts", underWay.Url);
        await new MailPage(underWay).MustReadMailAsync();
    }
}
