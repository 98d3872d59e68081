using MfaGateway.BrowserTests.Fixtures;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests.PageModels;

/// <summary>The identity provider's sign-in pages.</summary>
internal sealed class ProviderPage(IPage page)
{
    private ILocator Code => page.Locator("input[name=code]");

    private ILocator Password => page.Locator("input[name=password]");

    public Task WaitForPasswordAsync() => WaitForAsync(Password);

    public Task WaitForCodeAsync() => WaitForAsync(Code);

    public async Task GivePasswordAsync(Person person)
    {
        await WaitForPasswordAsync();
        await page.Locator("input[name=username]").FillAsync(person.Name);
        await Password.FillAsync(person.Password);
        await page.Locator("button[type=submit]").ClickAsync();
    }

    public async Task GiveCodeAsync(string code)
    {
        await WaitForCodeAsync();
        await Code.FillAsync(code);
        await page.Locator("button[type=submit]").ClickAsync();
    }

    /// <summary>Waits for a field; fails at once with the words of the gateway when it shows a page of its own that refuses.</summary>
    private async Task WaitForAsync(ILocator field)
    {
        var refusal = page.Locator(".reference");
        await field.Or(refusal).First.WaitForAsync();
        if (await refusal.CountAsync() > 0) Assert.Fail($"Instead of the identity provider, the gateway says: {await new GatewayPage(page).TextAsync()}");
    }

    /// <summary>Password and one-time code.</summary>
    public async Task SignInAsync(Person person)
    {
        await GivePasswordAsync(person);
        await GiveCodeAsync(person.NextCode());
    }
}
