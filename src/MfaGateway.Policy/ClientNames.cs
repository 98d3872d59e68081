using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>Kinds of client software a policy can speak of.</summary>
public static class ClientNames
{
    /// <summary>A web browser.</summary>
    public const string Browser = "browser";

    /// <summary>An app on a telephone or tablet, also one that shows web pages inside itself.</summary>
    public const string MobileApp = "mobile-app";

    /// <summary>An application on a computer: Outlook, Teams, another mail program.</summary>
    public const string DesktopApp = "desktop-app";

    /// <summary>Anything else: Exchange ActiveSync, scripts, robots, software that does not say what it is.</summary>
    public const string Other = "other";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } = [Browser, MobileApp, DesktopApp, Other];
}
