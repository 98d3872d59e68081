using MfaGateway.Access;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Tests.Access;

public class ClientSoftwareTests
{
    private const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

    // What these programs send, as seen in the field.
    public static TheoryData<string, string, string> Agents() => new()
    {
        { Windows, "browser", "windows" },
        { Windows + " Edg/131.0.0.0", "browser", "windows" },
        { Windows + " OPR/116.0.0.0", "browser", "windows" },
        { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "browser", "macos" },
        { "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "browser", "linux" },
        { "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "browser", "other" },
        { "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", "browser", "android" },
        { "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", "browser", "android" },
        { "Mozilla/5.0 (Linux; Android 9; CUBOT_X19 Build/PPR1.180610.011) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36", "browser", "android" },
        { "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "browser", "windows" },
        { "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "browser", "linux" },
        { "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "browser", "android" },
        { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "browser", "macos" },
        { "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", "browser", "ios" },
        { "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", "browser", "ios" },
        { "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "browser", "ios" },
        { "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/133.0 Mobile/15E148 Safari/605.1.15", "browser", "ios" },
        { "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "browser", "windows" },
        { "Mozilla/5.0 (X11; FreeBSD amd64; rv:133.0) Gecko/20100101 Firefox/133.0", "browser", "other" },
        { "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36", "browser", "other" },
        { "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0 Mobile Safari/537.36 Edge/15.15", "browser", "other" },
        // apps
        { "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36", "mobile-app", "android" },
        { "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "mobile-app", "ios" },
        { "Outlook-iOS-Android/1.0", "mobile-app", "other" },
        { "Outlook-iOS/2.0", "mobile-app", "ios" },
        { "Outlook-Android/2.0", "mobile-app", "android" },
        { "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 TeamsMobile-Android", "mobile-app", "android" },
        { "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", "desktop-app", "windows" },
        { "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)", "desktop-app", "other" },
        { "MacOutlook/16.78.23100802 (Intelx64 Mac OS X Version 14.0 (Build 23A344))", "desktop-app", "macos" },
        { Windows + " Edg/131.0.0.0 OneOutlook/1.2024.1120.100", "desktop-app", "windows" },
        { "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/1.7.00 Chrome/114.0.5735.289 Electron/25.9.8 Safari/537.36", "desktop-app", "windows" },
        { "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", "desktop-app", "linux" },
        // everything else
        { "Apple-iPhone16C1/2201.100", "other", "ios" },
        { "Android-Mail/2024.10.06.684", "other", "android" },
        { "MSFT-WIN-4/10.0.19045", "other", "other" },
        { "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "other", "other" },
        { "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)", "other", "android" },
        { "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0 Safari/537.36", "other", "other" },
        { "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36", "other", "linux" },
        { "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4291", "other", "windows" },
        { "Mozilla/5.0", "other", "other" },
        { "curl/8.9.1", "other", "other" },
        { "python-requests/2.32.3", "other", "other" },
        { "Go-http-client/1.1", "other", "other" },
    };

    [Theory]
    [MemberData(nameof(Agents))]
    public void Client_and_platform_are_read_from_the_user_agent(string agent, string client, string platform)
    {
        var headers = new HeaderDictionary { ["User-Agent"] = agent };

        Assert.Equal((client, platform), (ClientSoftware.Client(headers), ClientSoftware.Platform(headers)));
    }

    [Theory]
    [InlineData("\"Windows\"", "?0", "windows")]
    [InlineData("\"macOS\"", "?0", "macos")]
    [InlineData("\"Linux\"", "?0", "linux")]
    [InlineData("\"Android\"", "?1", "android")]
    [InlineData("\"Chrome OS\"", "?0", "other")]
    [InlineData("\"Chromium OS\"", "?0", "other")]
    [InlineData("\"Unknown\"", "?0", "macos")]
    [InlineData("\"\"", "?0", "macos")]
    public void A_client_hint_counts_before_the_user_agent(string hint, string mobile, string platform)
    {
        var headers = new HeaderDictionary
        {
            ["User-Agent"] = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            ["Sec-CH-UA-Platform"] = hint,
            ["Sec-CH-UA-Mobile"] = mobile,
        };

        Assert.Equal(platform, ClientSoftware.Platform(headers));
    }

    [Fact]
    public void A_telephone_that_calls_itself_linux_is_judged_by_its_user_agent()
    {
        var headers = new HeaderDictionary { ["User-Agent"] = "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0", ["Sec-CH-UA-Platform"] = "\"Linux\"", ["Sec-CH-UA-Mobile"] = "?1" };

        Assert.Equal("android", ClientSoftware.Platform(headers));
    }

    [Fact]
    public void Software_that_says_nothing_is_other_on_no_known_platform()
    {
        var headers = new HeaderDictionary();

        Assert.Equal(("other", null), (ClientSoftware.Client(headers), ClientSoftware.Platform(headers)));
    }
}
