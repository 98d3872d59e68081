using Microsoft.Playwright;

namespace MfaGateway.BrowserTests.PageModels;

/// <summary>What every page of the gateway owes its reader, watched from the first request on.</summary>
internal sealed class PageCheck
{
    /// <summary>Contrast of text by WCAG 2.2, 1.4.3: everything with less is named.</summary>
    private const string LowContrast =
        """
        () => {
          const parse = text => text.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = element => {
            for (let e = element; e; e = e.parentElement) {
              const colour = parse(getComputedStyle(e).backgroundColor);
              if (colour.length < 4 || colour[3] > 0) return colour;
            }
            return matchMedia('(prefers-color-scheme:dark)').matches ? [18, 18, 18] : [255, 255, 255];
          };
          return [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.tagName !== 'SCRIPT')
            .filter(e => {
              const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
              return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
            })
            .map(e => e.outerHTML);
        }
        """;

    private readonly IPage _page;
    private readonly string _origin;
    private readonly List<string> _violations = [];
    private readonly List<string> _foreign = [];
    private IResponse? _document;

    public PageCheck(IPage page, Uri gateway)
    {
        (_page, _origin) = (page, gateway.GetLeftPart(UriPartial.Authority));
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase)) _violations.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            var embedded = request.Url.StartsWith("data:", StringComparison.Ordinal);
            if (!request.IsNavigationRequest && !embedded && _page.Url.StartsWith(_origin, StringComparison.Ordinal)) _foreign.Add(request.Url);
        };
        page.Response += (_, response) =>
        {
            if (response.Request.IsNavigationRequest && response.Frame == page.MainFrame && response.Status is not (204 or >= 300 and < 400)) Begin(response);
        };
    }

    /// <summary>Holds the page shown to everything that is the same for all pages.</summary>
    public async Task HoldsAsync(string language, int status)
    {
        Assert.Equal(status, _document?.Status);
        await HeadersAsync();
        Assert.Empty(_violations);
        Assert.DoesNotContain(_foreign, url => !url.EndsWith("/favicon.ico", StringComparison.Ordinal));
        Assert.Equal(language, await _page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.Equal(1, await _page.Locator("h1").CountAsync());
        Assert.Equal(1, await _page.Locator("main").CountAsync());
        Assert.Contains(await _page.Locator("h1").InnerTextAsync(), await _page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await _page.Locator("img:not([alt])").CountAsync());
        Assert.Equal(0, await _page.Locator("input:not([type=hidden]):not([id])").CountAsync());
        foreach (var control in await _page.Locator("a, button").AllAsync())
        {
            Assert.NotEmpty((await control.InnerTextAsync()).Trim());
            Assert.True(await control.EvaluateAsync<double>("e => e.getBoundingClientRect().height") >= 24, "A target is smaller than WCAG 2.2, 2.5.8 allows.");
        }

        Assert.Empty(await _page.EvaluateAsync<string[]>(LowContrast));
        Assert.True(await _page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window (WCAG 2.2, 1.4.10).");
    }

    /// <summary>Puts a picture where a person can look at it: <c>artifacts/screenshots</c>.</summary>
    public async Task PhotographAsync(string name)
    {
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "screenshots"));
        await _page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }

    private void Begin(IResponse document)
    {
        _document = document;
        _foreign.Clear();
    }

    private async Task HeadersAsync()
    {
        var headers = await _document!.AllHeadersAsync();
        Assert.StartsWith("default-src 'none'", headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", headers["content-security-policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Contains("no-store", headers["cache-control"], StringComparison.Ordinal);
        Assert.Equal("nosniff", headers["x-content-type-options"]);
        Assert.StartsWith("max-age=", headers["strict-transport-security"], StringComparison.Ordinal);
        Assert.False(headers.ContainsKey("server"), "The answer names its server.");
    }
}
