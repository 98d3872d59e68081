using System.Text.Json.Nodes;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;

namespace MfaGateway.BrowserTests;

/// <summary>Sessions of seconds, so that they end while somebody looks.</summary>
public sealed class SessionEndTests(Chromium chromium, Estates estates)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    [Theory]
    [Dialects]
    public async Task the_page_recovers_to_the_same_folder_when_its_session_has_ended(string dialect)
    {
        await using var estate = await StartAsync(dialect);
        var person = estate.Alice();
        await using var alice = await SignedIn.OpenAsync(chromium, estate, person);
        await alice.Mail.OpenFolderAsync("Projects");
        await alice.Window.ClearCookiesAsync(new() { Domain = "127.0.0.1" }); // the identity provider has forgotten her too
        var ended = alice.Page.WaitForResponseAsync(response => response.Status == 440 && response.Url.Contains("service.svc", StringComparison.Ordinal));

        await SessionEndsAsync(alice);
        await alice.Mail.ClickReadMailAsync();
        await ended;
        await new ProviderPage(alice.Page).SignInAsync(person);
        await alice.Mail.WaitAsync();

        await alice.Mail.ExpectFolderAsync("Projects");
        await alice.Mail.MustReadMailAsync();
    }

    [Fact]
    public async Task nobody_is_asked_again_while_the_identity_provider_remembers()
    {
        await using var estate = await StartAsync("adfs");
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        await alice.Mail.OpenFolderAsync("Archive");
        await SessionEndsAsync(alice);

        await alice.Page.RunAndWaitForResponseAsync(alice.Mail.ClickReadMailAsync, response => response.Status == 440);
        await alice.Page.WaitForURLAsync($"{estate.Gateway}owa/#path=/mail/archive");
        await alice.Mail.WaitAsync();

        await alice.Mail.ExpectFolderAsync("Archive");
    }

    [Fact]
    public async Task polls_in_the_background_do_not_keep_a_session_alive_but_a_person_does()
    {
        await using var estate = await StartAsync("adfs");
        await using var alice = await SignedIn.OpenAsync(chromium, estate, estate.Alice());
        var clock = TimeProvider.System;

        var active = clock.GetTimestamp();
        while (clock.GetElapsedTime(active) < Idle * 2) await alice.Mail.MustReadMailAsync();
        var (left, polls) = (clock.GetTimestamp(), 0);
        while (await alice.FetchAsync("/owa/ev.owa2?UA=0&ev=FinishNotificationRequest&X-OWA-CANARY=x") is var status and not 440)
        {
            Assert.True(status is 200 or 449, $"A poll got {status}."); // Exchange's own answers
            Assert.True(clock.GetElapsedTime(left) < Idle * 5, "Background polls keep the session alive.");
            polls++;
        }

        Assert.True(polls > 1, "There was no poll while the session lived.");
    }

    private Task<Estate> StartAsync(string dialect) => estates.StartAsync(dialect, (_, _) => new JsonObject
    {
        ["Sessions"] = new JsonObject { ["IdleTimeout"] = Idle.ToString("c"), ["AbsoluteTimeout"] = "00:10:00" },
    });

    /// <summary>Looking at the own session does not keep it alive.</summary>
    private static Task SessionEndsAsync(SignedIn who) =>
        Deadline.MeetAsync("the session ends", async () => await who.FetchAsync("/.gateway/session") == 401);
}
