using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>The rules in force, by effect, and the algebra over them. Three loops for the three sentences that define it.</summary>
internal sealed class PolicyRules(IEnumerable<Rule> rules)
{
    private readonly ImmutableArray<Rule> _forbids = [.. rules.Where(rule => rule.Effect is Effect.Forbid)];
    private readonly ImmutableArray<Rule> _requires = [.. rules.Where(rule => rule.Effect is Effect.Require)];
    private readonly ImmutableArray<Rule> _permits = [.. rules.Where(rule => rule.Effect is Effect.Permit)];

    public PolicyDecision Decide(AccessRequest request) => Decide(request, out _);

    /// <param name="request">The question.</param>
    /// <param name="chosen">The permit whose demands count: fully met if there is one, else the one that asks least.</param>
    public PolicyDecision Decide(AccessRequest request, out Rule? chosen)
    {
        chosen = null;
        foreach (var forbid in _forbids)
        {
            if (forbid.Applies(request))
                return PolicyDecision.Deny(Reasons.Forbidden, forbid.Id);
        }

        var required = RequiredAndUnmet(request, out var requirer);
        chosen = ChoosePermit(request, required, out var unmet);
        if (chosen is null)
            return PolicyDecision.Deny(Reasons.NoRulePermits);

        var missing = required | unmet;
        if (missing is Unmet.None)
            return PolicyDecision.Allow(chosen.Id);

        var decider = required.First() == missing.First() && requirer is not null ? requirer : chosen;
        return missing.IsReachable()
            ? PolicyDecision.StepUp(missing.Reason(), decider.Id)
            : PolicyDecision.Deny(missing.Reason(), decider.Id);
    }

    /// <summary>The rules whose demands count: every matching require, and the chosen permit.</summary>
    public IEnumerable<Rule> Demanding(AccessRequest request, Rule? chosen)
    {
        var requires = _requires.Where(rule => rule.Applies(request));
        return chosen is null ? requires : requires.Append(chosen);
    }

    private Unmet RequiredAndUnmet(AccessRequest request, out Rule? requirer)
    {
        requirer = null;
        var required = Unmet.None;
        foreach (var require in _requires)
        {
            if (!require.Applies(request))
                continue;
            var before = required.First();
            required |= require.Demands.Unmet(request);
            if (required.First() != before)
                requirer = require; // the first rule in the document with the demand that becomes the reason
        }

        return required;
    }

    private Rule? ChoosePermit(AccessRequest request, Unmet required, out Unmet unmet)
    {
        Rule? best = null;
        unmet = Unmet.None;
        var fewest = int.MaxValue;
        foreach (var permit in _permits)
        {
            if (!permit.Applies(request))
                continue;
            var missing = permit.Demands.Unmet(request);
            var asks = missing switch
            {
                Unmet.None => -1,
                _ when missing.IsReachable() => (missing | required).Count(),
                _ => int.MaxValue - 1,
            };
            if (asks >= fewest)
                continue;
            (best, unmet, fewest) = (permit, missing, asks);
            if (missing is Unmet.None)
                break;
        }

        return best;
    }
}
