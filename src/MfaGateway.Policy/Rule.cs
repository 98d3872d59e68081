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

    /// <summary>The rule as far as it concerns requests for one resource, which it need not look at again; null when it never matches one.</summary>
    public Rule? For(string resource)
    {
        if (When is not AllOf all || all.Conditions.OfType<NamedCondition>().FirstOrDefault(condition => condition.Name == ResourceFactory.Word) is not { } condition)
            return this;
        return condition.Evaluate(new AccessRequest { Subject = AccessSubject.Anonymous, Resource = resource }) is Match.Yes
            ? this with { When = new AllOf(all.Conditions.Remove(condition)) }
            : null;
    }

    public bool Applies(Match match) => match is Match.Yes || (match is Match.Error && Effect is Effect.Permit == InFavour);
}
