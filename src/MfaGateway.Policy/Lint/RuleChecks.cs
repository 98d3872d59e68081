namespace MfaGateway.Policy.Lint;

/// <summary>Rules that do nothing, or more than their author will have meant.</summary>
internal static class RuleChecks
{
    private static readonly string[] Forgeable = ["client", "platform"];

    public static IEnumerable<LintFinding> Check(IReadOnlyList<RuleView> rules) =>
    [
        .. NothingPermitted(rules), .. rules.SelectMany(ForbidsEverything), .. rules.SelectMany(NeverMatches), .. rules.SelectMany(rule => Shadowed(rule, rules)),
        .. rules.SelectMany(rule => WithoutMfa(rule, rules)), .. rules.SelectMany(rule => AdministrationFromEverywhere(rule, rules)), .. rules.SelectMany(GrantsByForgeable),
    ];

    private static IEnumerable<LintFinding> NothingPermitted(IReadOnlyList<RuleView> rules)
    {
        if (!rules.Any(rule => rule.Is(Effect.Permit)))
            yield return LintFinding.Error("nothing-permitted", "$.rules", "No `permit` is on, so everything is refused", "Write a `permit` for whoever may come in");
    }

    private static IEnumerable<LintFinding> ForbidsEverything(RuleView rule)
    {
        if (rule.Is(Effect.Forbid) && rule.Cases?.Any(one => one.Literals.IsEmpty) == true)
            yield return LintFinding.Error("forbids-everything", rule.Path, $"`{rule.Rule.Id}` forbids every request", "Say in `when` what it is to forbid, or turn it `off`");
    }

    private static IEnumerable<LintFinding> NeverMatches(RuleView rule)
    {
        if (rule.Rule.State is not RuleState.Off && rule.Cases is { Count: 0 })
        {
            yield return LintFinding.Error(
                "never-matches", $"{rule.Path}.when", $"The conditions of `{rule.Rule.Id}` contradict each other, so the rule never matches",
                "Conditions side by side must all hold: put alternatives into one list or into `any`");
        }
    }

    private static IEnumerable<LintFinding> Shadowed(RuleView rule, IReadOnlyList<RuleView> rules)
    {
        if (!rule.Is(Effect.Permit) || rule.Cases is not { Count: > 0 } cases)
            yield break;
        var shadows = rules.Where(other => other.Is(Effect.Forbid) && cases.Any(other.AppliesTo)).ToList();
        if (cases.All(one => shadows.Any(shadow => shadow.AppliesTo(one))))
        {
            yield return LintFinding.Error(
                "shadowed", rule.Path, $"Whatever `{rule.Rule.Id}` permits is forbidden by {string.Join(" and ", shadows.Select(shadow => $"`{shadow.Rule.Id}`"))}",
                "Except it there with `not`, or remove the rule");
        }
    }

    private static IEnumerable<LintFinding> WithoutMfa(RuleView rule, IReadOnlyList<RuleView> rules)
    {
        if (!rule.Is(Effect.Permit) || rule.AsksForMore || rule.Cases is not { } cases)
            yield break;
        // published calendars are for people without any sign-in
        var open = cases.Where(one => !one.Implies(Literal.Resource(ResourceNames.Calendar)) && !IsForbidden(one, rules));
        if (open.Any(one => !rules.Any(other => other.Is(Effect.Require) && other.AsksForMore && other.AppliesTo(one))))
        {
            yield return LintFinding.Warning(
                "permit-without-mfa", rule.Path, $"`{rule.Rule.Id}` permits with a password alone", "Write `\"demand\": { \"mfa\": true }`, or a `require` for the same requests");
        }
    }

    private static IEnumerable<LintFinding> AdministrationFromEverywhere(RuleView rule, IReadOnlyList<RuleView> rules)
    {
        if (!rule.Is(Effect.Permit) || rule.AsksForDevice || rule.Cases is not { } cases)
            yield break;
        var reaching = cases.Select(one => one.And(Literal.Resource(ResourceNames.Ecp))).Where(one => !one.IsImpossible && !IsForbidden(one, rules));
        if (reaching.Any(one => !IsBound(one) && !rules.Any(other => Binds(other, one))))
        {
            yield return LintFinding.Warning(
                "ecp-from-everywhere", rule.Path, $"`{rule.Rule.Id}` opens the admin center to every address and every device",
                "Add a `forbid` for `ecp` outside your networks, a `network` to the rule, or a device demand");
        }
    }

    private static IEnumerable<LintFinding> GrantsByForgeable(RuleView rule)
    {
        if (!rule.Is(Effect.Permit) || rule.Cases is not { } cases)
            yield break;
        foreach (var fact in Forgeable.Where(fact => cases.Any(one => one.Literals.Any(literal => literal.IsPositive && literal.Fact == fact))))
        {
            yield return LintFinding.Warning(
                "grants-by-forgeable", $"{rule.Path}.when", $"`{rule.Rule.Id}` permits because of `{fact}`, which software says of itself and anybody can forge",
                $"Turn it round: a `forbid` or `require` for every other `{fact}`; and do not ask less here than elsewhere");
        }
    }

    private static bool IsForbidden(Case one, IReadOnlyList<RuleView> rules) => rules.Any(other => other.Is(Effect.Forbid) && other.AppliesTo(one));

    private static bool IsBound(Case one) => one.Literals.Any(literal => literal.IsPositive && (literal.IsAboutPlace || literal.Fact == "device"));

    /// <summary>Whether another rule narrows the case to places or devices: a <c>forbid</c> that hangs on nothing else, or a <c>require</c> of a device.</summary>
    private static bool Binds(RuleView other, Case one) =>
        (other.Is(Effect.Require) && other.AsksForDevice && other.AppliesTo(one))
        || (other.Is(Effect.Forbid) && other.Cases?.Any(forbidden => LeavesPlaces(forbidden, one)) == true);

    private static bool LeavesPlaces(Case forbidden, Case one) =>
        forbidden.Literals.Where(literal => !one.Implies(literal)).All(literal => literal.IsAboutPlace || literal.Fact == "device");
}
