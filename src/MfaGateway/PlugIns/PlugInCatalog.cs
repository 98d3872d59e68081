using MfaGateway.Configuration;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.PlugIns;

/// <summary>The plug-ins of this process. Code that was loaded cannot be exchanged safely, so they are loaded once, and other settings wait for a restart.</summary>
internal sealed class PlugInCatalog
{
    private static readonly LoadedPlugIns _none = new([], []);

    private readonly Lock _lock = new();
    private Loaded? _loaded;

    public IReadOnlyList<PlugIn> All => _loaded?.PlugIns.PlugIns ?? [];

    /// <summary>What makes their conditions.</summary>
    public IReadOnlyList<IConditionFactory> Conditions => _loaded?.PlugIns.Conditions ?? [];

    /// <summary>Loads what the settings name, the first time; later says whether they still name the same.</summary>
    /// <param name="policy">The settings.</param>
    /// <param name="baseFolder">Where relative paths begin.</param>
    /// <returns>What is wrong; empty for nothing.</returns>
    public IReadOnlyList<PlugInProblem> Load(PolicyOptions policy, string baseFolder)
    {
        var folder = policy.PlugIns is { } path ? Path.GetFullPath(path, baseFolder) : null;
        lock (_lock)
        {
            if (_loaded is { } before)
            {
                if (before.Folder == folder && before.Hashes.SetEquals(policy.PlugInHashes)) return [];
                const string Remedy = "Restart the gateway for that; everything else in the file waits for it too.";
                return [new PlugInProblem(folder ?? "none", "Plug-ins are loaded once, when the gateway starts.", Remedy)];
            }

            var plugIns = folder is null ? _none : PlugInLoader.Load(folder, [.. policy.PlugInHashes]);
            if (plugIns.Problems.Count == 0) _loaded = new Loaded(folder, policy.PlugInHashes.ToHashSet(StringComparer.OrdinalIgnoreCase), plugIns);
            return plugIns.Problems;
        }
    }

    private sealed record Loaded(string? Folder, HashSet<string> Hashes, LoadedPlugIns PlugIns);
}
