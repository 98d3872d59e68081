using MfaGateway.BrowserTests.Fixtures;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(Estates))]

// Two at a time: each test drives a browser of several processes.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]

namespace MfaGateway.BrowserTests.Fixtures;

/// <summary>The system's Chromium, started once; every test has windows of its own in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    /// <summary>Longest wait for anything on a page, in milliseconds: the machine may be busy with other suites.</summary>
    private const int Patience = 60_000;

    private static readonly string[] Arguments =
    [
        "--no-sandbox", // tests run as root, where the sandbox does not start
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
        "--disable-features=OptimizationHints,MediaRouter,DialMediaRouteProvider",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Program), $"There is no {Program}: install Debian's package `chromium`. These tests never skip.");
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = Arguments });
    }

    /// <summary>A window with nothing remembered. It takes the lab's certificates, whose CA no browser knows.</summary>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions? options = null)
    {
        var browser = _browser ?? throw new InvalidOperationException("The browser has not started.");
        options ??= new BrowserNewContextOptions();
        options.IgnoreHTTPSErrors = true;
        options.Locale ??= "en-US";
        var window = await browser.NewContextAsync(options);
        window.SetDefaultTimeout(Patience);
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
