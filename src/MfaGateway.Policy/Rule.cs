using MfaGateway.Policy.Conditions;

namespace MfaGateway.Policy;

/// <summary>One compiled rule.</summary>
internal sealed record Rule(string Id, Effect Effect, RuleState State, ConditionNode When, Demands Demands)
{
    /// <summary>The day on which the rule got its state, by its author's word; only <c>lint</c> looks at it.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>What its conditions look at.</summary>
    public PolicyNeeds Needs { get; init; } = PolicyNeeds.None;

    /// <summary>Reads conditions that cannot tell in favour of the request. Only for the question what the answer could be at best; never in force.</summary>
    public bool InFavour { get; init; }

    /// <summary>Whether the rule counts for this request. A condition that cannot tell never permits, but forbids and requires.</summary>
    public bool Applies(AccessRequest request) => Applies(When.Evaluate(request));

    public bool Applies(Match match) => match is Match.Yes || (match is Match.Error && Effect is Effect.Permit == InFavour);
}
