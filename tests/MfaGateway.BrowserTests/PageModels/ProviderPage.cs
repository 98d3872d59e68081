using MfaGateway.BrowserTests.Fixtures;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests.PageModels;

/// <summary>The identity provider's sign-in pages.</summary>
internal sealed class ProviderPage(IPage page)
{
    private ILocator Code => page.Locator("input[name=code]");

    private ILocator Password => page.Locator("input[name=password]");

    public Task WaitForPasswordAsync() => Password.WaitForAsync();

    public Task WaitForCodeAsync() => Code.WaitForAsync();

    public async Task GivePasswordAsync(Person person)
    {
        await page.Locator("input[name=username]").FillAsync(person.Name);
        await Password.FillAsync(person.Password);
        await page.Locator("button[type=submit]").ClickAsync();
    }

    public async Task GiveCodeAsync(string code)
    {
        await Code.FillAsync(code);
        await page.Locator("button[type=submit]").ClickAsync();
    }

    /// <summary>Password and one-time code.</summary>
    public async Task SignInAsync(Person person)
    {
        await GivePasswordAsync(person);
        await GiveCodeAsync(person.NextCode());
    }
}
