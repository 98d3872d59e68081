using System.Text.Json;
using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;

namespace MfaGateway.BrowserTests;

public sealed class RefusalTests(Chromium chromium, Estates estates)
{
    [Theory]
    [Dialects]
    public async Task who_has_no_second_factor_is_told_so_and_reaches_nothing(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        var bob = estate.Bob();
        var word = $"bob-{Guid.NewGuid():N}";
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();

        await page.GotoAsync($"{estate.Gateway}owa/?{word}=1");
        await new ProviderPage(page).GivePasswordAsync(bob);
        var refusal = new GatewayPage(page);
        await refusal.ExpectHeadingAsync("A second factor is needed");

        var line = estate.AuditLine(await refusal.ReferenceAsync());
        Assert.NotNull(line);
        Assert.Equal("factor-not-delivered", line.Value.GetProperty("gateway.reason").GetString());
        Assert.Equal(bob.Name, line.Value.GetProperty("user.name").GetString());
        Assert.Empty(estate.Received(word));
    }

    [Theory]
    [Dialects]
    public async Task a_refusal_is_no_loop_however_often_the_page_is_loaded(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();
        var provider = estate.IdentityProvider.GetLeftPart(UriPartial.Authority);
        var visits = 0;
        await page.GotoAsync($"{estate.Gateway}owa/");
        await new ProviderPage(page).GivePasswordAsync(estate.Bob());
        await new GatewayPage(page).ExpectHeadingAsync("A second factor is needed");
        page.Request += (_, request) => visits += request.Url.StartsWith(provider, StringComparison.Ordinal) ? 1 : 0;

        var statuses = new List<int?>();
        for (var n = 0; n < 3; n++) statuses.Add((await page.GotoAsync($"{estate.Gateway}owa/"))?.Status);

        Assert.Equal([403, 403, 403], statuses);
        Assert.Equal(0, visits);
    }

    [Theory]
    [Dialects]
    public async Task a_script_is_refused_with_a_problem_document(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        await using var window = await chromium.OpenAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync($"{estate.Gateway}owa/");
        await new ProviderPage(page).GivePasswordAsync(estate.Bob());
        await new GatewayPage(page).ExpectHeadingAsync("A second factor is needed");

        // from outside the page: its content security policy lets no script of it call anybody
        var answer = await window.APIRequest.PostAsync($"{estate.Gateway}owa/service.svc?action=FindItem");

        Assert.Equal(403, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers["content-type"]);
        var problem = JsonElement.Parse(await answer.TextAsync());
        Assert.NotNull(estate.AuditLine(problem.GetProperty("reference").GetString()!));
    }
}
