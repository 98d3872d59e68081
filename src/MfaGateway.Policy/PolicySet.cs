using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>A compiled policy. Immutable, free of order, safe for any number of threads.</summary>
/// <remarks>Default deny; a matching <c>forbid</c> overrides everything; then the demands of every matching <c>require</c> and of at
/// least one matching <c>permit</c> must be met. The first half is how Conditional Access combines policies, the second how AD FS
/// access control policies combine rules.</remarks>
public sealed class PolicySet
{
    private readonly ImmutableArray<Rule> _rules;
    private readonly RulesByResource _inForce;
    private readonly RulesByResource _withReportOnly;
    private readonly RulesByResource _inFavour;

    internal PolicySet(IEnumerable<Rule> rules)
    {
        _rules = [.. rules];
        HasReportOnly = _rules.Any(rule => rule.State is RuleState.ReportOnly);
        Needs = PolicyNeeds.Union(_rules.Where(rule => rule.State is not RuleState.Off).Select(rule => rule.Needs));
        _inForce = new RulesByResource(_rules.Where(rule => rule.State is RuleState.On));
        _withReportOnly = HasReportOnly ? new RulesByResource(_rules.Where(rule => rule.State is not RuleState.Off)) : _inForce;
        _inFavour = new RulesByResource(_rules.Where(rule => rule.State is RuleState.On).Select(rule => rule with { InFavour = true }));
    }

    /// <summary>Every rule of the document in its order.</summary>
    internal ImmutableArray<Rule> Rules => _rules;

    /// <summary>Whether any rule is <c>report-only</c>, so that <see cref="DecideReportOnly"/> can differ from <see cref="Decide"/>.</summary>
    public bool HasReportOnly { get; }

    /// <summary>What the rules that are not off look at.</summary>
    public PolicyNeeds Needs { get; }

    /// <summary>Answers the request. Allocates nothing.</summary>
    /// <param name="request">The question.</param>
    public PolicyDecision Decide(AccessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _inForce.For(request).Decide(request);
    }

    /// <summary>Answers the request as if the rules in state <c>report-only</c> were in force. Allocates nothing.</summary>
    /// <param name="request">The question.</param>
    public PolicyDecision DecideReportOnly(AccessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _withReportOnly.For(request).Decide(request);
    }

    /// <summary>The best answer the request could get if what its conditions cannot tell were known. <see cref="Decide"/> gives the worst, because more forbids
    /// and requires, or fewer permits, never widen; when both are one, nothing that is unknown matters.</summary>
    internal PolicyDecision DecideInFavour(AccessRequest request) => _inFavour.For(request).Decide(request);

    /// <summary>What to ask the identity provider for when <see cref="Decide"/> said <see cref="DecisionKind.StepUp"/>; otherwise
    /// <see cref="StepUpDemand.None"/>.</summary>
    /// <param name="request">The same question.</param>
    public StepUpDemand DemandsOf(AccessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var inForce = _inForce.For(request);
        var decision = inForce.Decide(request, out var chosen);
        if (decision.Kind is not DecisionKind.StepUp)
            return StepUpDemand.None;

        var rules = inForce.Demanding(request, chosen).Select(rule => (rule.Demands, Unmet: rule.Demands.Unmet(request))).ToList();
        return new StepUpDemand
        {
            Mfa = rules.Any(rule => rule.Unmet.Includes(Unmet.Mfa)),
            MaxAge = rules.Where(rule => rule.Unmet.Includes(Unmet.MaxAge)).Min(rule => rule.Demands.MaxAge),
            Methods = [.. rules.Where(rule => rule.Unmet.Includes(Unmet.Method)).Select(rule => rule.Demands.Methods)],
            Contexts = [.. rules.Where(rule => rule.Unmet.Includes(Unmet.Context)).Select(rule => rule.Demands.Contexts)],
        };
    }

    /// <summary>Says what every rule and every condition said, without taking a short cut.</summary>
    /// <param name="request">The question.</param>
    public PolicyExplanation Explain(AccessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var inForce = _inForce.For(request);
        var decision = inForce.Decide(request, out var chosen);
        return new PolicyExplanation
        {
            Decision = decision,
            Rules = [.. _rules.Select(rule => RuleExplanation.Of(rule, request, decision))],
            Demands = decision is { Kind: DecisionKind.Deny, Reason: Reasons.Forbidden or Reasons.NoRulePermits }
                ? []
                : [.. inForce.Demanding(request, chosen).SelectMany(rule => DemandExplanation.Of(rule, request)).Where(demand => !demand.Met)],
            ReportOnly = [.. _rules.Where(rule => rule.State is RuleState.ReportOnly).Select(rule => TryOut(rule, request))],
            ReportOnlyDecision = HasReportOnly ? _withReportOnly.For(request).Decide(request) : null,
        };
    }

    private ReportOnlyExplanation TryOut(Rule rule, AccessRequest request)
    {
        var match = rule.When.Evaluate(request);
        var tried = new PolicyRules(_rules.Where(other => other.State is RuleState.On || other == rule));
        return new ReportOnlyExplanation { RuleId = rule.Id, Match = match, Applies = rule.Applies(match), Decision = tried.Decide(request) };
    }
}
