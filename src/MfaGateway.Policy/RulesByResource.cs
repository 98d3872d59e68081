using System.Collections.Immutable;

namespace MfaGateway.Policy;

/// <summary>The rules in force, sorted out by resource once: a request is never held against a rule for another application.</summary>
internal sealed class RulesByResource
{
    private readonly ImmutableArray<(string Resource, PolicyRules Rules)> _known;
    private readonly PolicyRules _all;

    public RulesByResource(IEnumerable<Rule> rules)
    {
        List<Rule> list = [.. rules];
        _all = new PolicyRules(list);
        _known = [.. ResourceNames.All.Select(resource => (resource, new PolicyRules(list.Select(rule => rule.For(resource)).OfType<Rule>())))];
    }

    /// <summary>The rules that can match a request for this resource; of an unknown one, all.</summary>
    public PolicyRules For(AccessRequest request)
    {
        foreach (var (resource, rules) in _known)
        {
            if (string.Equals(resource, request.Resource, StringComparison.OrdinalIgnoreCase))
                return rules;
        }

        return _all;
    }
}
