using System.Text.Json;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

public sealed class SignOutTests(Chromium chromium, Estates estates)
{
    [Theory]
    [Dialects]
    public async Task the_sign_out_button_of_the_mail_page_signs_out_everywhere(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var signedOut = new GatewayPage(alice.Page);

        await alice.Mail.SignOutAsync();
        await signedOut.ExpectHeadingAsync("You are signed out");

        var left = (await alice.Window.CookiesAsync()).Select(cookie => cookie.Name).Where(name => name != "ClientId"); // a mark of the browser, no session
        Assert.Empty(left);
        await alice.Page.GetByText("Sign in again").ClickAsync();
        await new ProviderPage(alice.Page).WaitForPasswordAsync();
    }

    [Theory]
    [Dialects]
    public async Task a_handle_kept_from_before_the_sign_out_opens_nothing(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var handle = (await alice.Window.CookiesAsync()).Single(cookie => cookie.Name == "__Host-mfagw").Value;
        await alice.Mail.SignOutAsync();
        await new GatewayPage(alice.Page).ExpectHeadingAsync("You are signed out");
        await using var thief = await chromium.OpenAsync();

        var headers = new Dictionary<string, string> { ["Cookie"] = $"__Host-mfagw={handle}", ["Accept"] = "text/html" };
        var script = await thief.APIRequest.PostAsync($"{estate.Gateway}owa/service.svc?action=FindItem", new APIRequestContextOptions { Headers = headers });
        var page = await thief.APIRequest.GetAsync($"{estate.Gateway}owa/", new APIRequestContextOptions { Headers = headers, MaxRedirects = 0 });

        Assert.Equal(440, script.Status);
        Assert.Equal(302, page.Status);
        Assert.StartsWith(estate.IdentityProvider.GetLeftPart(UriPartial.Authority), page.Headers["location"], StringComparison.Ordinal);
    }

    [Theory]
    [Dialects]
    public async Task signing_out_at_the_identity_provider_closes_the_mail_too(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var discovery = await alice.Window.APIRequest.GetAsync($"{estate.IdentityProvider.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration");
        var endSession = JsonElement.Parse(await discovery.TextAsync()).GetProperty("end_session_endpoint").GetString()!;

        var elsewhere = await alice.Window.NewPageAsync();
        await elsewhere.GotoAsync(endSession);

        await Deadline.MeetAsync("scripts of the mail page get 440", async () => await alice.FetchAsync("/owa/service.svc?action=FindItem", "POST") == 440);
    }

    [Theory]
    [Dialects]
    public async Task another_website_cannot_sign_anybody_out_without_asking(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var elsewhere = await alice.Window.NewPageAsync();
        await elsewhere.RouteAsync(
            "https://other.example/", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<h1>Elsewhere</h1>" }));
        await elsewhere.GotoAsync("https://other.example/");

        await elsewhere.EvaluateAsync($"location.href = '{estate.Gateway}owa/logoff.owa'");
        await new GatewayPage(elsewhere).ExpectHeadingAsync("Sign out?");
        await alice.Mail.MustReadMailAsync();
        await elsewhere.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();

        await new GatewayPage(elsewhere).ExpectHeadingAsync("You are signed out");
    }
}
