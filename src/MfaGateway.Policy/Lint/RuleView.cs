using System.Globalization;

namespace MfaGateway.Policy.Lint;

/// <summary>A rule with its place in the document and the ways in which it can match.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Index">Which rule of the document it is.</param>
/// <param name="Cases">The ways; null when there are too many to look at.</param>
internal sealed record RuleView(Rule Rule, int Index, IReadOnlyList<Case>? Cases)
{
    public string Path { get; } = string.Create(CultureInfo.InvariantCulture, $"$.rules[{Index}]");

    public bool IsOn => Rule.State is RuleState.On;

    public bool Is(Effect effect) => IsOn && Rule.Effect == effect;

    /// <summary>Whether it applies to everything that fits the case.</summary>
    public bool AppliesTo(Case one) => Cases?.Any(one.Implies) == true;

    /// <summary>Whether it asks for something that a password alone does not show.</summary>
    public bool AsksForMore => Rule.Demands is { Mfa: true } or { MaxAge: not null } or { Methods.IsEmpty: false } or { Contexts.IsEmpty: false };

    public bool AsksForDevice => Rule.Demands.DeviceManaged || Rule.Demands.DeviceCompliant;
}
