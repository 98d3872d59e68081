using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests.PageModels;

/// <summary>The simulated Outlook on the web.</summary>
internal sealed partial class MailPage(IPage page)
{
    private ILocator Status => page.Locator("#status");

    /// <summary>Waits for the page; fails at once with its words when the gateway shows a page of its own instead.</summary>
    public async Task WaitAsync()
    {
        await page.Locator("#read, .reference").First.WaitForAsync();
        if (await page.Locator(".reference").CountAsync() > 0) Assert.Fail($"Instead of the mail, the gateway says: {await new GatewayPage(page).TextAsync()}");
    }

    /// <summary>Clicks "Read mail" and returns what the page says about the answer.</summary>
    public async Task<string> ReadMailAsync()
    {
        await page.EvaluateAsync("document.getElementById('status').textContent = ''");
        await page.Locator("#read").ClickAsync();
        await Assertions.Expect(Status).Not.ToBeEmptyAsync();
        return await Status.InnerTextAsync();
    }

    /// <summary>The same for tests that only want it to work; returns the number of the server that answered.</summary>
    public async Task<int> MustReadMailAsync()
    {
        var status = await ReadMailAsync();
        var match = Answer().Match(status);
        Assert.True(match.Success, $"The page says: {status}");
        return int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task ClickReadMailAsync() => page.Locator("#read").ClickAsync();

    public async Task OpenFolderAsync(string name)
    {
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name }).ClickAsync();
        await ExpectFolderAsync(name);
    }

    public Task ExpectFolderAsync(string name) =>
        Assertions.Expect(page.Locator("#folder")).ToHaveTextAsync(name, new LocatorAssertionsToHaveTextOptions { IgnoreCase = true });

    public Task SignOutAsync() => page.Locator("#signout").ClickAsync();

    [GeneratedRegex("^5 messages from server ([0-9]+)$")]
    private static partial Regex Answer();
}
