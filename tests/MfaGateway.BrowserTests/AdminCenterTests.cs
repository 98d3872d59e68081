using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

public sealed class AdminCenterTests(Chromium chromium, Estates estates)
{
    [Theory]
    [Dialects]
    public async Task an_administrator_reaches_the_admin_center(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync($"{estate.Gateway}ecp/");
        await new ProviderPage(page).SignInAsync(estate.Admin());
        await page.Locator("#list").ClickAsync();

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Exchange admin center");
        await Assertions.Expect(page.Locator("#mailboxes li")).ToHaveCountAsync(3);
    }

    [Theory]
    [Dialects]
    public async Task staff_do_not_reach_the_admin_center(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        var word = $"alice-{Guid.NewGuid():N}";
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());

        var answer = await alice.Page.GotoAsync($"{estate.Gateway}ecp/?{word}=1");

        var refusal = new GatewayPage(alice.Page);
        Assert.Equal(403, answer?.Status);
        Assert.Equal("You have no access", await refusal.HeadingAsync());
        Assert.Equal("deny", estate.AuditLine(await refusal.ReferenceAsync())?.GetProperty("gateway.decision").GetString());
        Assert.Empty(estate.Received(word));
    }

    [Theory]
    [Dialects]
    public async Task staff_reach_their_own_options_and_come_back(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());

        await alice.Page.Locator("#options").ClickAsync();
        await Assertions.Expect(alice.Page.Locator("h1")).ToHaveTextAsync("Options");
        await alice.Page.GetByText("Back to mail").ClickAsync();

        await alice.Mail.MustReadMailAsync();
    }
}
