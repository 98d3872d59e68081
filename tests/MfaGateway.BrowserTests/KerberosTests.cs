using System.Collections.Concurrent;
using System.Net;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using MfaGateway.Lab.Estate;
using Microsoft.Playwright;

namespace MfaGateway.BrowserTests;

/// <summary>Single sign-on with Kerberos as people see it: after the identity provider nobody asks them anything, and Exchange knows each of them.</summary>
public sealed class KerberosTests(Chromium chromium, KerberosEstate kerberos) : IClassFixture<KerberosEstate>
{
    private readonly Estate _estate = kerberos.Estate;

    [Fact]
    public async Task who_signed_in_with_password_and_code_reads_mail_as_oneself_without_a_second_prompt()
    {
        var person = _estate.Alice();
        var challenges = new ConcurrentBag<string>();
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();
        page.Response += (_, response) =>
        {
            if (response.Status == 401 || response.Headers.ContainsKey("www-authenticate")) challenges.Add(response.Url);
        };

        await page.GotoAsync($"{_estate.Gateway}owa/");
        await new ProviderPage(page).SignInAsync(person);
        var mail = new MailPage(page);
        await mail.WaitAsync();
        await mail.MustReadMailAsync();

        Assert.Equal($"{_estate.Gateway}owa/", page.Url);
        await ExpectSignedOnAsync(page, person.Name);
        Assert.Empty(challenges);
    }

    [Fact]
    public async Task two_people_at_the_same_time_are_each_themselves_on_connections_of_their_own()
    {
        var (alice, bob) = (_estate.Alice(), _estate.Bob());
        await using var hers = await SignedIn.OpenAsync(chromium, _estate, alice);
        await using var his = await chromium.OpenAsync();
        var page = await his.NewPageAsync();
        await page.GotoAsync($"{_estate.Gateway}owa/");
        await new ProviderPage(page).GivePasswordAsync(bob);
        var mail = new MailPage(page);
        await mail.WaitAsync();

        for (var n = 0; n < 5; n++)
        {
            await Task.WhenAll(hers.Mail.MustReadMailAsync(), mail.MustReadMailAsync());
            await Task.WhenAll(hers.Page.ReloadAsync(), page.ReloadAsync());
            await ExpectSignedOnAsync(hers.Page, alice.Name);
            await ExpectSignedOnAsync(page, bob.Name);
        }

        var served = _estate.Exchange.SelectMany(server => server.Requests.Since(0)).Where(request => request.User is not null).ToLookup(request => request.Connection, request => request.User);
        Assert.All(served, connection => Assert.Single(connection.Distinct()));
        Assert.Contains(served, connection => connection.Contains(alice.Name));
        Assert.Contains(served, connection => connection.Contains(bob.Name));
    }

    [Fact]
    public async Task administrators_reach_the_admin_center_as_themselves()
    {
        var admin = _estate.Admin();
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync($"{_estate.Gateway}ecp/");
        await new ProviderPage(page).SignInAsync(admin);
        await page.Locator("#list").ClickAsync();

        await Assertions.Expect(page.Locator("#mailboxes li")).ToHaveCountAsync(3);
        await ExpectSignedOnAsync(page, admin.Name);
    }

    [Fact]
    public async Task who_signed_out_is_asked_for_the_password_again()
    {
        await using var alice = await SignedIn.OpenAsync(chromium, _estate, _estate.Alice());

        await alice.Mail.SignOutAsync();
        await new GatewayPage(alice.Page).ExpectHeadingAsync("You are signed out");
        await alice.Page.GotoAsync($"{_estate.Gateway}owa/");

        await new ProviderPage(alice.Page).WaitForPasswordAsync();
    }

    [Fact]
    public async Task exchange_itself_takes_nobody_without_a_ticket()
    {
        using var handler = Readiness.Trusting(_estate.Lab.CaCertificate);
        using var direct = new HttpClient(handler) { BaseAddress = _estate.Exchange[0].Address };

        using var page = await direct.GetAsync("/owa/", TestContext.Current.CancellationToken);
        using var post = await direct.PostAsync("/owa/service.svc?action=FindItem", null, TestContext.Current.CancellationToken);
        using var probe = await direct.GetAsync("/owa/healthcheck.htm", TestContext.Current.CancellationToken);
        using var junk = new HttpRequestMessage(HttpMethod.Get, "/ecp/") { Headers = { { "Authorization", "Negotiate anVuaw==" } } };
        using var refused = await direct.SendAsync(junk, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        Assert.All([page, post, refused], answer =>
        {
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal(["Negotiate", "NTLM"], answer.Headers.WwwAuthenticate.Select(offer => offer.ToString()));
        });
    }

    private static Task ExpectSignedOnAsync(IPage page, string name) => Assertions.Expect(page.Locator("#signed-on")).ToHaveTextAsync(name);
}
