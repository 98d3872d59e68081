using System.Text.Json;
using System.Text.RegularExpressions;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using MfaGateway.Lab.Exchange;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

/// <summary>
/// Every page of the gateway as a person meets it: English on a light desktop, German on a dark telephone, held to the same rules, photographed.
/// </summary>
public sealed partial class PageTests(Chromium chromium, PageEstate pages) : IClassFixture<PageEstate>
{
    private Estate Estate => pages.Estate;

    [Fact]
    public Task choice_of_provider() =>
        ShowsAsync("choose-provider", 200, "Sign in", "Anmelden", page => page.GotoAsync($"{Estate.Gateway}owa/"));

    [Fact]
    public Task signing_in() => ShowsAsync("signing-in", 200, "Signing in", "Anmeldung", async page =>
    {
        await page.RouteAsync("**/.gateway/signin?**go=1**", route => route.AbortAsync("aborted")); // stay and look
        await page.GotoAsync($"{Estate.Gateway}owa/?login_hint=alice@contoso.test#path=/mail/drafts", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
    });

    [Fact]
    public Task signed_out() =>
        ShowsAsync("signed-out", 200, "You are signed out", "Sie sind abgemeldet", page => page.GotoAsync($"{Estate.Gateway}.gateway/signedout"));

    [Fact]
    public Task sign_out_asked_by_another_website() => ShowsAsync("confirm-sign-out", 200, "Sign out?", "Abmelden?", async page =>
    {
        await page.RouteAsync(
            "https://other.example/", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<h1>Elsewhere</h1>" }));
        await page.GotoAsync("https://other.example/");
        await page.EvaluateAsync($"location.href = '{Estate.Gateway}.gateway/signout'");
    });

    [Fact]
    public Task not_found() =>
        RefusesAsync("not-found", 404, "Go to your mail", "There is nothing here", "Hier ist nichts", page => page.GotoAsync($"{Estate.Gateway}powershell/"));

    [Fact]
    public Task bad_request() =>
        RefusesAsync(
            "bad-request", 400, "Go to your mail", "This request cannot be read", "Diese Anfrage ist nicht lesbar", page => page.GotoAsync($"{Estate.Gateway}owa/a%2fb"));

    [Fact]
    public Task denied() => RefusesAsync("denied", 403, "Go to your mail, Sign out", "You have no access", "Kein Zugriff", async page =>
    {
        await SignInAsync(page, "owa/");
        await new MailPage(page).WaitAsync();
        await page.GotoAsync($"{Estate.Gateway}ecp/");
    });

    [Fact]
    public Task factor_missing() => RefusesAsync(
        "factor-missing", 403, "Sign in again, Go to your mail, Sign out", "A second factor is needed", "Ein zweiter Faktor ist nötig",
        async page =>
        {
            await OpenAsync(page, "owa/");
            await new ProviderPage(page).GivePasswordAsync(Estate.Bob());
        });

    [Fact]
    public Task sign_in_denied() => RefusesAsync(
        "sign-in-denied", 403, "Sign in again", "The sign-in was refused", "Die Anmeldung wurde abgelehnt",
        async page =>
        {
            await ChangeAnswerAsync(page, body => Code().Replace(body, "error=access_denied"));
            await SignInAsync(page, "owa/");
        });

    [Fact]
    public Task sign_in_invalid() => RefusesAsync(
        "sign-in-invalid", 502, "Sign in again", "The sign-in could not be verified", "Die Anmeldung ließ sich nicht prüfen",
        async page =>
        {
            await ChangeAnswerAsync(page, body => Issuer().Replace(body, "") + "&iss=https%3A%2F%2Fother.example");
            await SignInAsync(page, "owa/");
        });

    [Fact]
    public Task sign_in_stale() => RefusesAsync(
        "sign-in-stale", 400, "Sign in again", "The sign-in could not be completed", "Die Anmeldung wurde nicht abgeschlossen",
        async page =>
        {
            await OpenAsync(page, "owa/");
            await page.Context.ClearCookiesAsync(new BrowserContextClearCookiesOptions { Domain = "localhost" });
            await new ProviderPage(page).SignInAsync(Estate.Alice());
        });

    [Fact]
    public Task provider_down() => RefusesAsync(
        "provider-down", 503, "Try again", "Signing in is not possible at the moment", "Anmelden ist zurzeit nicht möglich",
        async page =>
        {
            await page.GotoAsync($"{Estate.Gateway}owa/");
            await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Fabrikam" }).ClickAsync();
        });

    [Fact]
    public async Task no_server()
    {
        await SetHealthAsync(503, "unhealthy");

        await RefusesAsync(
            "no-server", 503, "Try again", "Your mail is not available at the moment", "Ihr Postfach ist zurzeit nicht erreichbar", page => SignInAsync(page, "owa/"));

        await SetHealthAsync(200, "healthy");
    }

    /// <summary>What every server says of itself, and the word by which the gateway then knows them all.</summary>
    private async Task SetHealthAsync(int status, string word)
    {
        foreach (var server in Estate.Exchange) server.Behaviour.Current = new Behaviour { Health = new Dictionary<string, int> { ["owa"] = status } };
        using var http = new HttpClient { BaseAddress = Estate.Lab.Ports.Management };
        await Deadline.MeetAsync($"all servers are {word}", async () =>
        {
            var health = JsonElement.Parse(await http.GetStringAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken));
            return health.GetProperty("servers").EnumerateArray()
                .Where(server => server.GetProperty("protocol").GetString() == "owa").All(server => server.GetProperty("probe").GetString() == word);
        });
    }

    /// <summary>A page with a reference that the audit file knows, and with the ways out that can help.</summary>
    private Task RefusesAsync(string name, int status, string waysOut, string english, string german, Func<IPage, Task> reach) =>
        ShowsAsync(name, status, english, german, reach, page => OffersAsync(page, waysOut));

    private async Task OffersAsync(IPage page, string waysOut)
    {
        var reference = await new GatewayPage(page).ReferenceAsync();
        var links = await page.Locator("main a").AllInnerTextsAsync();
        if (await page.Locator("html[lang=en]").CountAsync() > 0) Assert.Equal(waysOut, string.Join(", ", links));
        Assert.NotNull(Estate.AuditLine(reference));
        Assert.Contains("Help desk: telephone 4711", await new GatewayPage(page).TextAsync(), StringComparison.Ordinal);
    }

    private async Task ShowsAsync(string name, int status, string english, string german, Func<IPage, Task> reach, Func<IPage, Task>? more = null)
    {
        foreach (var (language, heading, options) in new[]
        {
            ("en", english, new BrowserNewContextOptions { Locale = "en-GB", ColorScheme = ColorScheme.Light }),
            ("de", german, new BrowserNewContextOptions
            {
                Locale = "de-AT", ColorScheme = ColorScheme.Dark, ViewportSize = new ViewportSize { Width = 320, Height = 640 },
            }),
        })
        {
            await using var window = await chromium.OpenAsync(options);
            var page = await window.NewPageAsync();
            var check = new PageCheck(page, Estate.Gateway);
            await reach(page);
            await new GatewayPage(page).ExpectHeadingAsync(heading);
            await check.PhotographAsync($"{name}.{language}");
            await check.HoldsAsync(language, status);
            if (more is not null) await more(page);
        }
    }

    private async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(Estate.Gateway + path);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Head Office" }).ClickAsync();
    }

    private async Task SignInAsync(IPage page, string path)
    {
        await OpenAsync(page, path);
        await new ProviderPage(page).SignInAsync(Estate.Alice());
    }

    /// <summary>Writes the provider's answer anew on its way to the gateway.</summary>
    private static Task ChangeAnswerAsync(IPage page, Func<string, string> change) => page.RouteAsync(
        "**/.gateway/signin-oidc/**",
        route => route.ContinueAsync(new RouteContinueOptions { PostData = System.Text.Encoding.UTF8.GetBytes(change(route.Request.PostData ?? "")) }));

    [GeneratedRegex("code=[^&]*")]
    private static partial Regex Code();

    [GeneratedRegex("&?iss=[^&]*")]
    private static partial Regex Issuer();
}
