using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>Device platforms a policy can speak of.</summary>
public static class PlatformNames
{
    /// <summary>Android.</summary>
    public const string Android = "android";

    /// <summary>iOS and iPadOS, where the device says so: an iPad that asks for desktop pages calls itself macOS.</summary>
    public const string Ios = "ios";

    /// <summary>Windows.</summary>
    public const string Windows = "windows";

    /// <summary>macOS.</summary>
    public const string MacOs = "macos";

    /// <summary>Linux other than Android and Chrome OS.</summary>
    public const string Linux = "linux";

    /// <summary>Any other, Chrome OS for example.</summary>
    public const string Other = "other";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } = [Android, Ios, Windows, MacOs, Linux, Other];
}
