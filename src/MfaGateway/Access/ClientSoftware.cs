using MfaGateway.Policy;
using Microsoft.AspNetCore.Http;

namespace MfaGateway.Access;

/// <summary>
/// What the client's software says of itself: client hints (wicg.github.io/ua-client-hints) and <c>User-Agent</c> (RFC 9110 section 10.1.5). Anybody can
/// forge both, as anybody can before Conditional Access, which reads the same header.
/// </summary>
internal static class ClientSoftware
{
    private static readonly string[] _desktopApps = ["Microsoft Office/", "Microsoft Outlook", "MSOffice", "ms-office", "MacOutlook/", "OneOutlook/", "Teams/", "Electron/", "Thunderbird/"];
    private static readonly string[] _mobileApps = ["Outlook-iOS", "Outlook-Android", "TeamsMobile"];
    private static readonly string[] _robots = ["bot/", "AdsBot", "spider", "Spider", "crawler", "HeadlessChrome", "PhantomJS", "PowerShell"];
    private static readonly string[] _browsers = ["Chrome/", "CriOS/", "Firefox/", "FxiOS/", "Safari/", "Edg/", "Edge/", "MSIE ", "Trident/", "OPR/"];

    /// <summary>The kind of client, one of <see cref="ClientNames"/>.</summary>
    public static string Client(IHeaderDictionary headers)
    {
        var agent = headers.UserAgent.ToString();
        if (HasAny(agent, _mobileApps)) return ClientNames.MobileApp;
        if (HasAny(agent, _desktopApps)) return ClientNames.DesktopApp;
        // every browser since 1994 calls itself Mozilla; mail programs of telephones (ActiveSync), scripts and tools do not
        if (!agent.StartsWith("Mozilla/", StringComparison.Ordinal) || HasAny(agent, _robots)) return ClientNames.Other;
        if (IsWebView(agent)) return ClientNames.MobileApp;
        return HasAny(agent, _browsers) ? ClientNames.Browser : ClientNames.Other;
    }

    /// <summary>The platform, one of <see cref="PlatformNames"/>; null when the software says nothing at all.</summary>
    public static string? Platform(IHeaderDictionary headers)
    {
        var agent = headers.UserAgent.ToString();
        var hinted = headers["Sec-CH-UA-Platform"].ToString().Trim('"') switch
        {
            "Windows" => PlatformNames.Windows,
            "macOS" => PlatformNames.MacOs,
            "Linux" when !IsMobile(headers) => PlatformNames.Linux,
            "Android" => PlatformNames.Android,
            "iOS" => PlatformNames.Ios,
            "Chrome OS" or "Chromium OS" => PlatformNames.Other,
            _ => null,
        };
        if (hinted is not null) return hinted;
        if (agent.Length > 0) return FromAgent(agent);
        return IsMobile(headers) ? PlatformNames.Other : null;
    }

    // the order matters: telephones name the systems they want to be taken for
    private static string FromAgent(string agent)
    {
        if (HasAny(agent, "Windows Phone", "Outlook-iOS-Android", "CrOS", "Tizen", "Web0S", "KAIOS", "PlayStation")) return PlatformNames.Other;
        if (HasAny(agent, "iPhone", "iPad", "iPod", "Outlook-iOS")) return PlatformNames.Ios;
        if (HasAny(agent, "Android")) return PlatformNames.Android;
        if (HasAny(agent, "Windows")) return PlatformNames.Windows;
        if (HasAny(agent, "Macintosh", "Mac OS X", "MacOutlook")) return PlatformNames.MacOs;
        return HasAny(agent, "Linux") ? PlatformNames.Linux : PlatformNames.Other;
    }

    // Android marks web views (developer.chrome.com, "WebView User-Agent"); on iOS only Safari and browsers write "Safari/"
    private static bool IsWebView(string agent) =>
        HasAny(agent, "; wv)") || (HasAny(agent, "iPhone", "iPad", "iPod") && HasAny(agent, "AppleWebKit/") && !HasAny(agent, "Safari/"));

    private static bool IsMobile(IHeaderDictionary headers) => headers["Sec-CH-UA-Mobile"] == "?1";

    private static bool HasAny(string agent, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            // the case counts: "CrOS" is in "Microsoft" as well
            if (agent.Contains(word, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
