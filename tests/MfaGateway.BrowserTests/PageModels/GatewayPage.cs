using Microsoft.Playwright;

namespace MfaGateway.BrowserTests.PageModels;

/// <summary>One of the gateway's own pages.</summary>
internal sealed class GatewayPage(IPage page)
{
    public Task<string> HeadingAsync() => page.Locator("h1").InnerTextAsync();

    public Task<string> TextAsync() => page.Locator("main").InnerTextAsync();

    /// <summary>What the user reads out to the help desk.</summary>
    public Task<string> ReferenceAsync() => page.Locator(".reference code").InnerTextAsync();

    public Task ExpectHeadingAsync(string heading) => Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(heading);
}
