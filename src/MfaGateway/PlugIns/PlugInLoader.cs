using MfaGateway.Policy.Conditions;

namespace MfaGateway.PlugIns;

/// <summary>Loads the plug-ins of a folder: each in a folder of its own, which bears the name of its assembly (<c>Contoso.Conditions/Contoso.Conditions.dll</c>).
/// Loading runs their code with the rights of this process.</summary>
public static class PlugInLoader
{
    /// <summary>Loads all, or none: one that cannot be used is a problem, never passed over.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="hashes">SHA-256 hashes in hex of the assemblies that may be loaded; empty for any.</param>
    public static LoadedPlugIns Load(string folder, IReadOnlyCollection<string> hashes)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(hashes);
        var problems = new List<PlugInProblem>();
        var found = Read(folder, problems);
        foreach (var files in found) PlugInRules.Check(files, hashes, problems);
        if (problems.Count > 0) return new LoadedPlugIns([], problems); // no code runs before every file has passed

        var plugIns = found.Select(files => PlugInReader.Read(files, problems)).OfType<PlugIn>().ToList();
        CheckNames(plugIns, problems);
        return problems.Count > 0 ? new LoadedPlugIns([], problems) : new LoadedPlugIns(plugIns, []);
    }

    private static List<PlugInFiles> Read(string folder, List<PlugInProblem> problems)
    {
        try
        {
            PlugInRules.CheckRoot(folder, problems);
            return [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(PlugInFiles.Of)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new PlugInProblem(folder, $"The plug-ins cannot be read: {e.Message}", "Check the path and who may read it."));
            return [];
        }
    }

    private static void CheckNames(List<PlugIn> plugIns, List<PlugInProblem> problems)
    {
        var owners = new ConditionCatalog([]).Keys.ToDictionary(name => name, _ => "the gateway", StringComparer.OrdinalIgnoreCase);
        foreach (var (plugIn, name) in plugIns.SelectMany(plugIn => plugIn.Conditions.Select(condition => (plugIn, condition.Name))))
        {
            if (!owners.TryAdd(name, $"the plug-in '{plugIn.Name}'"))
                problems.Add(new PlugInProblem(plugIn.Name, $"The condition '{name}' is already there, from {owners[name]}.", "Name it differently, or remove one of the two."));
        }
    }
}
