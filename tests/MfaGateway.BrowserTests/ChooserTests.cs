using System.Text.Json;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

/// <summary>Several providers and no default.</summary>
public sealed class ChooserTests(Chromium chromium, PageEstate pages) : IClassFixture<PageEstate>
{
    [Fact]
    public async Task the_provider_chosen_signs_in_and_the_page_asked_for_comes_back()
    {
        var asked = $"{pages.Estate.Gateway}owa/?exvsurl=1";
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync(asked);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Contoso <Subsidiaries> & Partners", Exact = true }).ClickAsync();
        await new ProviderPage(page).SignInAsync(pages.Estate.Alice());
        await new MailPage(page).WaitAsync();

        var session = JsonElement.Parse(await page.EvaluateAsync<string>("async () => await (await fetch('/.gateway/session')).text()"));
        Assert.Equal("other", session.GetProperty("provider").GetString());
        Assert.Equal(asked, page.Url);
    }

    [Fact]
    public async Task a_login_hint_makes_the_choice()
    {
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync($"{pages.Estate.Gateway}owa/?login_hint=somebody@contoso.test");
        await new ProviderPage(page).WaitForPasswordAsync();

        Assert.Equal("somebody@contoso.test", await page.Locator("input[name=username]").InputValueAsync());
    }

    [Fact]
    public async Task a_provider_that_is_down_takes_nobody_else_with_it()
    {
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync($"{pages.Estate.Gateway}owa/");
        var down = await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Fabrikam" }).ClickAsync(), response => response.Status == 503);

        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Contoso Head Office" }).ClickAsync();
        await new ProviderPage(page).SignInAsync(pages.Estate.Alice());
        await new MailPage(page).WaitAsync();

        Assert.True((await down.AllHeadersAsync()).ContainsKey("retry-after"));
    }
}
