using MfaGateway.Policy;

namespace MfaGateway.Tests.Policy.Imports;

/// <summary>How Conditional Access decides, in its own terms and for clarity only: a policy applies when all its assignments do; a block that
/// applies wins; the controls of every policy that applies must be met; otherwise access is granted to whoever may come at all. Null is
/// "not known", and a policy that may apply does.</summary>
internal sealed class CaReference(string[] resources, string? baseGroup, bool clientAppsByUserAgent)
{
    public DecisionKind Decide(IEnumerable<CaPolicy> policies, AccessRequest request, bool withReportOnly = false)
    {
        var inForce = policies.Where(policy => policy.State == "enabled" || (withReportOnly && policy.State == "enabledForReportingButNotEnforced"));
        var applying = inForce.Where(policy => Applies(policy, request) != false).ToList();
        var mayCome = resources.Contains(request.Resource) && (baseGroup is null || request.Subject.Groups.Contains(baseGroup));
        if (!mayCome || applying.Any(policy => policy.Controls.Contains("block")))
            return DecisionKind.Deny;
        return applying.Select(policy => Outcome(policy, request)).Append(DecisionKind.Allow).Min();
    }

    private bool? Applies(CaPolicy policy, AccessRequest request) => All(
        IsTargeted(policy, request.Resource),
        Includes(policy, request.Subject),
        Not(Excludes(policy, request.Subject)),
        IsClient(policy, request),
        policy.IncludePlatforms.Length == 0 || policy.IncludePlatforms.Contains("all") ? true : IsPlatform(policy.IncludePlatforms, request),
        policy.ExcludePlatforms.Length == 0 ? true : Not(IsPlatform(policy.ExcludePlatforms, request)),
        policy.IncludeLocations.Length == 0 || policy.IncludeLocations.Contains("All") ? true : Any(policy.IncludeLocations.Select(place => IsIn(place, request))),
        Not(Any(policy.ExcludeLocations.Select(place => IsIn(place, request)))),
        policy.FilterMode switch
        {
            "include" => Matches(policy.FilterRule!, request.Subject),
            "exclude" => Not(Matches(policy.FilterRule!, request.Subject)),
            _ => true,
        });

    private bool IsTargeted(CaPolicy policy, string resource)
    {
        IEnumerable<string> Of(string target) => target == "All" ? resources : CaTenant.Targets.GetValueOrDefault(target, CaTenant.Targets["*"]);
        return policy.IncludeApplications.Concat(policy.Contexts).SelectMany(Of).Contains(resource) && !policy.ExcludeApplications.SelectMany(Of).Contains(resource);
    }

    private static bool Includes(CaPolicy policy, AccessSubject subject)
    {
        var groups = policy.IncludeGroups.Concat(policy.IncludeRoles).ToList();
        var ids = policy.IncludeUsers.Where(id => id is not ("All" or "None" or CaTenant.Named)).ToList();
        return policy.IncludeUsers.Contains("All")
            || policy.IncludeUsers.Any(id => IsUser(id, subject))
            || groups.Any(subject.Groups.Contains)
            || (ids.Count > 0 && !subject.Claims.ContainsKey("oid")) // might be one of them
            || (groups.Count > 0 && subject.Claims.ContainsKey("_claim_names")); // might be a member
    }

    private static bool Excludes(CaPolicy policy, AccessSubject subject) =>
        policy.ExcludeUsers.Any(id => IsUser(id, subject)) || policy.ExcludeGroups.Concat(policy.ExcludeRoles).Any(subject.Groups.Contains);

    private static bool IsUser(string id, AccessSubject subject) => id == CaTenant.Named
        ? subject.User == CaTenant.Carol
        : subject.Claims.TryGetValue("oid", out var oid) && oid.Contains(id);

    private bool? IsClient(CaPolicy policy, AccessRequest request)
    {
        if (policy.ClientAppTypes.Length == 0 || policy.ClientAppTypes.Contains("all"))
            return true;
        var client = clientAppsByUserAgent ? request.Client : "browser";
        var kinds = policy.ClientAppTypes.SelectMany(type => type switch
        {
            "browser" => ["browser"],
            "mobileAppsAndDesktopClients" => ["mobile-app", "desktop-app"],
            "other" => ["other"],
            _ => Array.Empty<string>(),
        }).ToList();
        return kinds.Count == 0 ? false : client is null ? null : kinds.Contains(client);
    }

    private static bool? IsPlatform(string[] platforms, AccessRequest request) =>
        request.Platform is null ? null : platforms.Contains(request.Platform, StringComparer.OrdinalIgnoreCase);

    private static bool? IsIn(string place, AccessRequest request)
    {
        if (place == "AllTrusted")
            return IsIn(CaTenant.Office, request);
        if (CaTenant.Networks.TryGetValue(place, out var networks))
            return request.Source is null ? null : networks.Any(network => network.Contains(request.Source));
        return request.Country is null ? null : CaTenant.Countries[place].Contains(request.Country);
    }

    private static bool? Matches(string rule, AccessSubject subject) => rule switch
    {
        "device.isCompliant -eq True" => subject.DeviceCompliant,
        "device.isCompliant -ne True" => Not(subject.DeviceCompliant),
        "device.isCompliant -eq False" => Not(subject.DeviceCompliant),
        "device.trustType -eq \"ServerAD\" -or device.isCompliant -eq True" => Any([subject.DeviceManaged, subject.DeviceCompliant]),
        "device.trustType -eq \"ServerAD\" -and -not (device.isCompliant -ne True)" => All(subject.DeviceManaged, subject.DeviceCompliant),
        "device.trustType -ne \"ServerAD\" -and device.isCompliant -eq True -or device.isCompliant -eq False" =>
            Any([All(Not(subject.DeviceManaged), subject.DeviceCompliant), Not(subject.DeviceCompliant)]),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    /// <summary>Allow: met. Step-up: signing in can meet it. Deny: nothing can.</summary>
    private static DecisionKind Outcome(CaPolicy policy, AccessRequest request)
    {
        var subject = request.Subject;
        var controls = policy.Controls.Select(control => control switch
        {
            "mfa" => subject.Mfa ? DecisionKind.Allow : DecisionKind.StepUp,
            "compliantDevice" => subject.DeviceCompliant == true ? DecisionKind.Allow : DecisionKind.Deny,
            _ => subject.DeviceManaged == true ? DecisionKind.Allow : DecisionKind.Deny,
        }).ToList();
        if (policy.Strength is { } strength)
            controls.Add(IsProven(strength, subject) ? DecisionKind.Allow : DecisionKind.StepUp);
        var granted = controls.Count == 0 ? DecisionKind.Allow : policy.Operator == "OR" ? controls.Max() : controls.Min();
        var fresh = policy.Hours is not { } hours || (subject.Mfa && request.Now - subject.MfaAt <= TimeSpan.FromHours(hours));
        return fresh || granted == DecisionKind.Deny ? granted : DecisionKind.StepUp;
    }

    private static bool IsProven(string strength, AccessSubject subject) =>
        strength == CaTenant.PhishingResistant ? subject.Methods.Contains("fido") || subject.Methods.Contains("hwk") : subject.Mfa;

    private static bool? Not(bool? value) => !value;

    private static bool? Any(IEnumerable<bool?> values) => values.Aggregate((bool?)false, (any, value) => any | value);

    private static bool? All(params IEnumerable<bool?> values) => values.Aggregate((bool?)true, (all, value) => all & value);
}
