using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>Who asks: the facts of one signed-in session. Immutable; build it once per session, not per request.</summary>
/// <remarks>Every set is copied when it is given, so that its comparison is the documented one and later changes have no effect.</remarks>
public sealed class AccessSubject
{
    private static readonly FrozenSet<string> NoNames = FrozenSet<string>.Empty;
    private static readonly FrozenDictionary<string, IReadOnlyList<string>> NoClaims = FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>Nobody: no name, no groups, no proof of anything.</summary>
    public static AccessSubject Anonymous { get; } = new();

    /// <summary>The user's sign-in name, usually the UPN. Default empty.</summary>
    public string User { get; init; } = "";

    /// <summary>The identity provider that vouches, by its name in the configuration. Default empty.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Groups as the provider names them, compared without regard to case. Default none.</summary>
    public IReadOnlySet<string> Groups { get => GroupSet; init => GroupSet = Copy(value, StringComparer.OrdinalIgnoreCase); }

    /// <summary>Authentication methods proven by the token (RFC 8176), compared exactly. Default none.</summary>
    public IReadOnlySet<string> Methods { get; init => field = Copy(value, StringComparer.Ordinal); } = NoNames;

    /// <summary>Authentication contexts proven by the token, compared without regard to case. Default none.</summary>
    public IReadOnlySet<string> Contexts { get; init => field = Copy(value, StringComparer.OrdinalIgnoreCase); } = NoNames;

    /// <summary>Whether the token proves multi-factor authentication. Default <see langword="false"/>.</summary>
    public bool Mfa { get; init; }

    /// <summary>When the multi-factor authentication took place, if known. A time in the future counts as unknown.</summary>
    public DateTimeOffset? MfaAt { get; init; }

    /// <summary>Whether the device is managed; <see langword="null"/> when nobody said.</summary>
    public bool? DeviceManaged { get; init; }

    /// <summary>Whether the device is compliant; <see langword="null"/> when nobody said.</summary>
    public bool? DeviceCompliant { get; init; }

    /// <summary>Claims by type; types and values are compared exactly. Default none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims
    {
        get;
        init
        {
            field = Copy(value);
            ClaimSet = field.ToFrozenDictionary(claim => claim.Key, claim => claim.Value.ToImmutableArray(), StringComparer.Ordinal);
        }
    } = NoClaims;

    // The most frequent look-ups of all, so without the detour over an interface.
    internal FrozenSet<string> GroupSet { get; private init; } = NoNames;

    internal FrozenDictionary<string, ImmutableArray<string>> ClaimSet { get; private init; } = FrozenDictionary<string, ImmutableArray<string>>.Empty;

    private static FrozenSet<string> Copy(IReadOnlySet<string> names, StringComparer comparer)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.ToFrozenSet(comparer);
    }

    private static FrozenDictionary<string, IReadOnlyList<string>> Copy(IReadOnlyDictionary<string, IReadOnlyList<string>> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        return claims.ToFrozenDictionary(claim => claim.Key, IReadOnlyList<string> (claim) => [.. claim.Value], StringComparer.Ordinal);
    }
}
