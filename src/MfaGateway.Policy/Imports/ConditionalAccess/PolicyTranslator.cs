using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>Turns one policy into one rule: a block into a <c>forbid</c>, anything else into a <c>require</c>.</summary>
internal sealed class PolicyTranslator(
    ConditionalAccessImportOptions options, IReadOnlyDictionary<string, NamedLocation> locations, ImportedDocument document, RuleIds ids)
{
    private static readonly string[] PolicyKeys =
    [
        "id", "templateId", "displayName", "description", "createdDateTime", "modifiedDateTime", "deletedDateTime", "state", "conditions", "grantControls",
        "sessionControls",
    ];

    private static readonly string[] UnsupportedConditions =
    [
        "signInRiskLevels", "userRiskLevels", "servicePrincipalRiskLevels", "insiderRiskLevels", "agentIdRiskLevels", "authenticationFlows",
        "clientApplications", "deviceStates",
    ];

    private readonly Targets _targets = new(options);
    private readonly People _people = new(options);
    private readonly Surroundings _surroundings = new(options, locations, document);
    private readonly DeviceFilter _devices = new(options);
    private readonly Controls _controls = new(options);
    private readonly List<string> _notes = [];

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The rule; null when the policy has no effect here or cannot be expressed.</summary>
    public ImportedRule? Translate(DocumentNode node)
    {
        var problems = new List<PolicyProblem>();
        var policy = new GraphObject(node with { Problems = problems }, PolicyKeys, "partialEnablementStrategy");
        var name = policy.Text("displayName")?.Text ?? policy.Text("id")?.Text ?? "";
        var state = State(policy);
        var draft = new PolicyDraft();
        if (Needed(policy, "conditions") is { } conditions)
            TranslateConditions(conditions, draft);
        TranslateControls(policy, draft);

        // What is switched off has no effect, whether it could be expressed or not.
        if (problems.Count > 0 && state == "off")
            _notes.Add($"Left out: {Named(name)} is disabled, and cannot be expressed: {problems[0].Path}: {problems[0].Message}.");
        else if (problems.Count > 0)
            node.Problems.AddRange(problems);
        else if (draft.Idle is { } idle)
            _notes.Add($"Left out: {Named(name)}, because {idle}.");
        else
            return Rule(draft, name, state);
        return null;
    }

    private ImportedRule Rule(PolicyDraft draft, string name, string state)
    {
        _notes.AddRange(draft.Notes.Except(_notes));
        var (effect, demand) = draft.Blocks ? ("forbid", null) : ("require", draft.Demand);
        return new ImportedRule(ids.For(name, "policy"), effect, draft.When.Build(), demand, draft.When.Facts) { State = state, Exempt = draft.When.Exempt };
    }

    private void TranslateConditions(DocumentNode node, PolicyDraft draft)
    {
        var conditions = new GraphObject(node, ["applications", "users", "clientAppTypes", "platforms", "locations", "devices"], UnsupportedConditions);
        if (Needed(conditions, "applications") is { } applications)
            _targets.Translate(applications, draft);
        if (Needed(conditions, "users") is { } users)
            _people.Translate(users, draft);
        _surroundings.TranslateClients(conditions.Strings("clientAppTypes"), draft);
        if (conditions["platforms"] is { } platforms)
            Surroundings.TranslatePlatforms(platforms, draft);
        if (conditions["locations"] is { } places)
            _surroundings.TranslateLocations(places, draft);
        if (conditions["devices"] is { } devices)
            _devices.Translate(devices, draft);
    }

    private void TranslateControls(GraphObject policy, PolicyDraft draft)
    {
        if (policy["grantControls"] is { } grant)
            _controls.TranslateGrant(grant, draft);
        if (policy["sessionControls"] is { } session)
            Controls.TranslateSession(session, draft);
        if (!draft.Blocks && draft.Demand.Count == 0)
            draft.Idle ??= "it demands nothing that concerns the gateway";
    }

    private static DocumentNode? Needed(GraphObject node, string key)
    {
        if (node[key] is { } found)
            return found;
        node.Node.Report($"`{key}` is missing", "Export the policies again");
        return null;
    }

    private static string State(GraphObject policy)
    {
        switch (policy.Text("state")?.Text)
        {
            case "enabled":
                return "on";
            case "disabled":
                return "off";
            case "enabledForReportingButNotEnforced":
                return "report-only";
            default:
                (policy["state"] ?? policy.Node).Report(
                    "the state is none of `enabled`, `disabled`, `enabledForReportingButNotEnforced`", "Export the policies again");
                return "on";
        }
    }

    private static string Named(string name) => name.Length == 0 ? "a policy without a name" : DocumentNode.Quote(name);
}
