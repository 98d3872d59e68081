using System.Globalization;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.Adfs;

/// <summary>Imports access control policies of AD FS 2016 and later.</summary>
internal static class AdfsImport
{
    /// <summary>Imports a policy from its PolicyMetadata.</summary>
    /// <param name="xml">The metadata: <c>(Get-AdfsAccessControlPolicy -Name '…').PolicyMetadata</c>, or <c>ResultantPolicy</c> of a trust.</param>
    /// <param name="options">What the policy does not say itself.</param>
    public static ImportResult FromMetadata(string xml, AdfsImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(xml);
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<PolicyProblem>();
        var policy = new AdfsMetadataReader(options, problems).Read(xml);
        return policy is null || problems.Count > 0 ? new ImportResult { Problems = problems } : Translate(policy, options, problems);
    }

    /// <summary>Imports a policy that AD FS comes with.</summary>
    /// <param name="name">Its name, in any case: <c>Permit everyone and require MFA</c>.</param>
    /// <param name="options">What the policy does not say itself; the groups of a template are its parameter <c>GroupParameter</c>.</param>
    public static ImportResult FromTemplate(string name, AdfsImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<PolicyProblem>();
        var groups = options.Parameters.TryGetValue(AdfsVocabulary.GroupParameter, out var given) ? given : [];
        if (AdfsTemplates.NeedsDevices(name))
            problems.Add(new PolicyProblem(
                name, "only AD FS knows which devices are registered with it", "Write the rules by hand, with the condition `device`"));
        else if (AdfsTemplates.Find(name, groups) is null)
            problems.Add(new PolicyProblem(DocumentNode.Quote(name), "AD FS comes with no policy of this name", DidYouMean.Among(AdfsTemplates.Names, name)));
        else if (AdfsTemplates.NeedsGroups(name) && groups.Count == 0)
            problems.Add(new PolicyProblem(name, "the policy needs groups", $"Say --parameters {AdfsVocabulary.GroupParameter}=GROUP"));
        foreach (var parameter in options.Parameters.Keys.Where(key => key != AdfsVocabulary.GroupParameter || !AdfsTemplates.NeedsGroups(name)))
            problems.Add(new PolicyProblem($"parameter {parameter}", "the policy has no such parameter", "Leave it out, or correct its name"));
        return problems.Count > 0 ? new ImportResult { Problems = problems } : Translate(AdfsTemplates.Find(name, groups)!, options, problems);
    }

    private static ImportResult Translate(AdfsPolicy policy, AdfsImportOptions options, List<PolicyProblem> problems)
    {
        var document = new ImportedDocument(options.Resources);
        var translator = new AdfsTranslator(options, document, problems);
        for (var number = 1; number <= policy.Rules.Count; number++)
            document.Add(translator.Translate(policy.Rules[number - 1], string.Create(CultureInfo.InvariantCulture, $"adfs-{number}")));
        return problems.Count > 0 ? new ImportResult { Problems = problems } : document.Finish(Notes(policy, options));
    }

    private static List<string> Notes(AdfsPolicy policy, AdfsImportOptions options)
    {
        var notes = new List<string>();
        if (AdfsTemplates.Recognize(policy) is { } template)
            notes.Add($"The rules are those of the template \"{template}\".");
        var conditions = policy.Rules.SelectMany(rule => rule.Conditions.Concat(rule.Exceptions)).ToList();
        var claims = conditions.Where(condition => condition.Kind is AdfsConditionKind.Claim).Select(condition => condition.ClaimType).Distinct();
        foreach (var claim in claims)
            notes.Add($"AD FS must issue the claim {claim} to the gateway{As(claim, options)}: an exception by a claim that never comes never holds.");
        if (conditions.Any(condition => condition.Kind is AdfsConditionKind.Group))
            notes.Add("AD FS must issue the user's groups to the gateway, by its names here: an exception by a group that never comes never holds.");
        if (conditions.Any(condition => condition.Kind is AdfsConditionKind.Location))
            notes.Add("Places are judged by the client's address as the gateway sees it, not by whether the sign-in came through the proxy of AD FS.");
        if (policy.RequireFreshAuthentication)
            notes.Add("Fresh authentication stays with AD FS: leave this policy on the gateway's trust there.");
        return notes;
    }

    private static string As(string claim, AdfsImportOptions options) => options.Names.TryGetValue(claim, out var name) ? $" as {name}" : "";
}
