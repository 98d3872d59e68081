using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Imports.ConditionalAccess;

/// <summary>Imports Conditional Access policies of Entra ID as Microsoft Graph writes them.</summary>
/// <remarks>Each policy becomes a <c>require</c> or a <c>forbid</c>: Conditional Access and those two agree that everything that applies counts
/// and that a block wins. What Conditional Access grants by default needs a <c>permit</c> of its own.</remarks>
internal static class ConditionalAccessImport
{
    private const string BasePermit = "base-permit";
    private const int MostProblems = 100; // more would tell nobody more

    /// <summary>Imports one policy or a collection of them.</summary>
    /// <param name="json">One <c>conditionalAccessPolicy</c>, a list, or the answer of <c>GET /identity/conditionalAccess/policies</c>.</param>
    /// <param name="locations">The tenant's named locations, likewise; null when no policy speaks of any.</param>
    /// <param name="options">What the policies do not say themselves.</param>
    public static ImportResult Import(string json, string? locations, ConditionalAccessImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(options);
        var ids = new RuleIds();
        var permit = Permit(options, ids.For(BasePermit, BasePermit));
        var document = new ImportedDocument(options.Resources) { CommonFacts = permit.Facts };
        document.Add(permit);
        var (problems, placeProblems) = (new List<PolicyProblem>(), new List<PolicyProblem>());
        var translator = new PolicyTranslator(options, NamedLocations.Read(locations, placeProblems), document, ids);
        var file = GraphFile.Read(json, problems);
        foreach (var node in (file?.Items ?? []).TakeWhile(_ => problems.Count < MostProblems))
        {
            if (translator.Translate(node) is { } rule)
                document.Add(rule);
        }

        return problems.Count + placeProblems.Count > 0
            ? new ImportResult { Problems = [.. placeProblems, .. file?.Locate(problems) ?? problems] }
            : document.Finish(translator.Notes);
    }

    private static ImportedRule Permit(ConditionalAccessImportOptions options, string id)
    {
        var when = new WhenBuilder().Include(Blocks.Of("resource", options.Resources));
        if (options.BasePermitGroups.Count > 0)
            when.Include(Blocks.Of("group", options.BasePermitGroups), ("groups", Blocks.List([options.BasePermitGroups[0]])));
        return new ImportedRule(id, "permit", when.Build(), Demand: null, when.Facts);
    }
}
