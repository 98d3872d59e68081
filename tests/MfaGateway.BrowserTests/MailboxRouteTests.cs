using MfaGateway.BrowserTests.Fixtures;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

/// <summary>The cookie by which Exchange knows the server of a mailbox.</summary>
public sealed class MailboxRouteTests(Chromium chromium, Estates estates)
{
    private const string Name = "X-BackEndCookie";

    [Fact]
    public async Task Exchange_gets_the_cookie_that_it_set_and_not_what_a_person_makes_of_it()
    {
        var estate = await estates.GetAsync("adfs");
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var kept = (await alice.Window.CookiesAsync()).Single(cookie => cookie.Name == Name);

        Assert.Equal(200, await alice.FetchAsync($"/owa/ping.owa?kept={alice.GetHashCode()}"));
        await alice.Window.AddCookiesAsync([new Cookie { Name = Name, Value = "lab%3D2", Domain = kept.Domain, Path = kept.Path, Secure = true, HttpOnly = true }]);
        Assert.Equal(200, await alice.FetchAsync($"/owa/ping.owa?forged={alice.GetHashCode()}"));

        Assert.DoesNotContain("lab", kept.Value, StringComparison.Ordinal);
        Assert.Contains($"{Name}=lab%3D", CookiesAt(estate, $"kept={alice.GetHashCode()}"), StringComparison.Ordinal);
        Assert.DoesNotContain(Name, CookiesAt(estate, $"forged={alice.GetHashCode()}"), StringComparison.Ordinal);
    }

    private static string CookiesAt(Estate estate, string word) =>
        estate.Exchange.SelectMany(server => server.Requests.Since(0)).Single(request => request.Target.EndsWith(word, StringComparison.Ordinal)).Headers["Cookie"].Single()!;
}
