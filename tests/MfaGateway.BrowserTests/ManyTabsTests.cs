using MfaGateway.BrowserTests.Fixtures;
using MfaGateway.BrowserTests.PageModels;

namespace MfaGateway.BrowserTests;

public sealed class ManyTabsTests(Chromium chromium, Estates estates)
{
    private const int Tabs = 20;

    [Theory]
    [Dialects]
    public async Task twenty_tabs_that_sign_in_at_once_all_land_where_they_meant(string dialect)
    {
        var estate = await estates.GetAsync(dialect);
        var alice = estate.Alice();
        await using var window = await chromium.OpenAsync();
        var asked = Enumerable.Range(1, Tabs).Select(n => $"{estate.Gateway}owa/?tab={n}#path=/mail/tab{n}").ToArray();
        var tabs = await Task.WhenAll(asked.Select(_ => window.NewPageAsync()));

        await Task.WhenAll(tabs.Zip(asked).Select(tab => tab.First.GotoAsync(tab.Second)));
        await Task.WhenAll(tabs.Select(tab => new ProviderPage(tab).GivePasswordAsync(alice)));
        await Task.WhenAll(tabs.Select(tab => new ProviderPage(tab).WaitForCodeAsync()));
        var code = alice.NextCode(); // the first tab uses it up; the provider then asks the others nothing more
        await new ProviderPage(tabs[0]).GiveCodeAsync(code);
        await new MailPage(tabs[0]).WaitAsync();
        await Task.WhenAll(tabs.Skip(1).Select(tab => new ProviderPage(tab).GiveCodeAsync(code)));
        await Task.WhenAll(tabs.Select(tab => new MailPage(tab).WaitAsync()));

        Assert.Equal(asked, tabs.Select(tab => tab.Url));
        Assert.DoesNotContain(await window.CookiesAsync(), cookie => cookie.Name.Contains("login", StringComparison.Ordinal));
    }
}
