using MfaGateway.BrowserTests.PageModels;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>A window of its own in which somebody is signed in.</summary>
internal sealed class SignedIn : IAsyncDisposable
{
    private SignedIn(IBrowserContext window, IPage page) => (Window, Page, Mail) = (window, page, new MailPage(page));

    public IBrowserContext Window { get; }

    public IPage Page { get; }

    public MailPage Mail { get; }

    /// <summary>Opens the mail and signs in on the way.</summary>
    public static async Task<SignedIn> OpenAsync(Chromium chromium, Estate estate, Person person, string path = "owa/")
    {
        var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync(estate.Gateway + path);
        await new ProviderPage(page).SignInAsync(person);
        var signedIn = new SignedIn(window, page);
        await signedIn.Mail.WaitAsync();
        return signedIn;
    }

    /// <summary>The status a script of the page gets.</summary>
    public Task<int> FetchAsync(string path, string method = "GET") =>
        Page.EvaluateAsync<int>("async ([path, method]) => (await fetch(path, { method, redirect: 'error' })).status", new[] { path, method });

    public async ValueTask DisposeAsync() => await Window.DisposeAsync();
}
