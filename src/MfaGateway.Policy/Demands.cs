using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>What a rule demands of the subject besides matching.</summary>
internal sealed record Demands
{
    public static Demands None { get; } = new();

    public bool Mfa { get; init; }

    public TimeSpan? MaxAge { get; init; }

    /// <summary>Any one of these methods; empty demands nothing.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Any one of these contexts; empty demands nothing.</summary>
    public ImmutableArray<string> Contexts { get; init; } = [];

    public bool DeviceManaged { get; init; }

    public bool DeviceCompliant { get; init; }

    public Unmet Unmet(AccessRequest request)
    {
        var subject = request.Subject;
        var unmet = Policy.Unmet.None;
        if ((DeviceManaged && subject.DeviceManaged is not true) || (DeviceCompliant && subject.DeviceCompliant is not true))
            unmet |= Policy.Unmet.Device;
        if ((Mfa || MaxAge is not null) && !subject.Mfa)
            unmet |= Policy.Unmet.Mfa;
        if (MaxAge is { } maxAge && !IsFresh(request, maxAge))
            unmet |= Policy.Unmet.MaxAge;
        if (!Methods.IsEmpty && !ContainsAny(subject.Methods, Methods))
            unmet |= Policy.Unmet.Method;
        if (!Contexts.IsEmpty && !ContainsAny(subject.Contexts, Contexts))
            unmet |= Policy.Unmet.Context;
        return unmet;
    }

    // Without proof of MFA there is nothing whose age could count; a time in the future counts as absent.
    private static bool IsFresh(AccessRequest request, TimeSpan maxAge) =>
        request.Subject is { Mfa: true, MfaAt: { } at } && at <= request.Now && request.Now - at <= maxAge;

    private static bool ContainsAny(IReadOnlySet<string> proven, ImmutableArray<string> wanted)
    {
        foreach (var value in wanted)
        {
            if (proven.Contains(value))
                return true;
        }

        return false;
    }
}
