using System.Net;
using System.Text.Json.Nodes;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;
using MfaGateway.Lab.Estate;

namespace MfaGateway.BrowserTests;

/// <summary>The provider is asked again every few seconds about who reads mail.</summary>
public sealed class RecheckTests(Chromium chromium, Estates estates)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(4);

    [Theory]
    [Dialects]
    public async Task who_reads_mail_does_not_notice_that_the_provider_is_asked_again(string dialect)
    {
        await using var estate = await StartAsync(dialect);
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        await alice.Mail.OpenFolderAsync("Projects");
        var clock = TimeProvider.System;

        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < Every * 3 || estate.Lab.Provider.Tokens.Counts.Refreshes < 2;)
        {
            await alice.Mail.MustReadMailAsync();
            Assert.True(clock.GetElapsedTime(began) < TimeSpan.FromMinutes(2), "The provider is not asked.");
        }

        await alice.Mail.ExpectFolderAsync("Projects");
        Assert.Equal(1, estate.Lab.Provider.Tokens.Counts.Codes);
    }

    [Theory]
    [Dialects]
    public async Task who_is_disabled_at_the_provider_is_led_to_its_sign_in_page(string dialect)
    {
        await using var estate = await StartAsync(dialect);
        var person = estate.Alice();
        await using var alice = await SignedIn.OpenAsync(chromium, estate, person);
        await alice.Mail.MustReadMailAsync();

        Assert.Equal(HttpStatusCode.NoContent, await ChangeAsync(estate, person, """{"disabled":true}"""));
        await Deadline.MeetAsync("the session ends", async () => await alice.FetchAsync("/owa/service.svc?action=FindItem", "POST") == 440);
        await alice.Page.RunAndWaitForResponseAsync(alice.Mail.ClickReadMailAsync, response => response.Status == 440);

        await new ProviderPage(alice.Page).WaitForPasswordAsync();
    }

    private Task<Estate> StartAsync(string dialect) => estates.StartAsync(dialect, (_, _) => new JsonObject
    {
        ["Sessions"] = new JsonObject { ["Recheck"] = new JsonObject { ["Every"] = Every.ToString("c") } },
    });

    /// <summary>As an administrator does in the lab.</summary>
    private static async Task<HttpStatusCode> ChangeAsync(Estate estate, Person person, string change)
    {
        using var client = new HttpClient(Readiness.Trusting(estate.Lab.CaCertificate));
        using var content = new StringContent(change);
        using var answer = await client.PutAsync(new Uri(estate.IdentityProvider, $"/.lab/users/{person.Name}"), content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
