using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>The published applications a policy can speak of.</summary>
public static class ResourceNames
{
    /// <summary>Outlook on the web.</summary>
    public const string Owa = "owa";

    /// <summary>The Exchange admin center and everything else below <c>/ecp</c>.</summary>
    public const string Ecp = "ecp";

    /// <summary>What the options pages of a normal user need below <c>/ecp</c>.</summary>
    public const string EcpOptions = "ecp-options";

    /// <summary>Anonymous published calendars.</summary>
    public const string Calendar = "calendar";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } = [Owa, Ecp, EcpOptions, Calendar];
}
