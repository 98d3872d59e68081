using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

public sealed class SignInTests(Chromium chromium, Estates estates)
{
    [Theory]
    [Dialects]
    public async Task staff_sign_in_with_password_and_code_and_read_their_mail(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        var alice = estate.Alice();
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync($"{estate.Gateway}owa/");
        await new ProviderPage(page).SignInAsync(alice);
        var mail = new MailPage(page);
        await mail.WaitAsync();

        Assert.InRange(await mail.MustReadMailAsync(), 0, 2);
        await Assertions.Expect(page.Locator("#user")).ToHaveTextAsync(alice.Name);
        Assert.Equal($"{estate.Gateway}owa/", page.Url);
    }

    [Theory]
    [Dialects]
    public async Task the_page_asked_for_comes_back_with_query_and_fragment(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        var asked = $"{estate.Gateway}owa/?ItemID=AAMk%2Bx%3D%3D&exvsurl=1&a=b%20c&viewmodel=ReadMessageItem#path=/mail/projects&id=a%2Fb";
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync(asked);
        await new ProviderPage(page).SignInAsync(estate.Alice());
        await new MailPage(page).WaitAsync();

        Assert.Equal(asked, page.Url);
    }

    [Theory]
    [Dialects]
    public async Task signing_in_works_without_script(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        var asked = $"{estate.Gateway}owa/?exvsurl=1&realm=contoso.test";
        await using var window = await chromium.OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        var page = await window.NewPageAsync();

        await page.GotoAsync(asked);
        await new ProviderPage(page).SignInAsync(estate.Alice());
        await page.Locator("form input[type=submit], form button").First.ClickAsync();
        await new MailPage(page).WaitAsync();

        Assert.Equal(asked, page.Url);
    }

    [Theory]
    [Dialects]
    public async Task a_second_window_of_the_same_browser_is_not_asked_again(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync($"{estate.Gateway}owa/");
        await new ProviderPage(page).SignInAsync(estate.Alice());
        await new MailPage(page).WaitAsync();

        var second = await window.NewPageAsync();
        await second.GotoAsync($"{estate.Gateway}");

        Assert.Equal($"{estate.Gateway}owa/", second.Url);
        Assert.InRange(await new MailPage(second).MustReadMailAsync(), 0, 2);
    }

    [Theory]
    [Dialects]
    public async Task the_cookies_are_locked_down_and_the_login_cookie_is_gone(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync($"{estate.Gateway}owa/");
        await new ProviderPage(page).SignInAsync(estate.Alice());
        await new MailPage(page).WaitAsync();

        var cookies = (await window.CookiesAsync()).Where(cookie => cookie.Name.Contains("mfagw", StringComparison.Ordinal));
        var session = Assert.Single(cookies);
        Assert.StartsWith("__Host-", session.Name, StringComparison.Ordinal);
        Assert.True(session.Secure && session.HttpOnly);
        Assert.Equal("/", session.Path);
        Assert.InRange(session.Value.Length, 32, 200);
    }
}
