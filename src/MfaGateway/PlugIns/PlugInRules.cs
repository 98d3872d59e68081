namespace MfaGateway.PlugIns;

/// <summary>What must hold of the files before any code in them runs.</summary>
internal static class PlugInRules
{
    public static void CheckRoot(string folder, List<PlugInProblem> problems)
    {
        CheckWriters(folder, problems);
        foreach (var stray in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(stray);
            problems.Add(new PlugInProblem(
                stray, "An assembly lies beside the plug-ins' folders, where nothing is loaded.", $"Move it to {name}/{name}.dll, together with what it needs."));
        }
    }

    public static void Check(PlugInFiles files, IReadOnlyCollection<string> hashes, List<PlugInProblem> problems)
    {
        CheckWriters(files.Folder, problems);
        if (files.HashOf(files.Name) is null)
        {
            problems.Add(new PlugInProblem(
                files.Folder, $"There is no {files.Name}.dll in this folder.", "Give the folder the name of the plug-in's assembly, or remove it."));
        }

        foreach (var (assembly, hash) in files.All)
        {
            var file = Path.Combine(files.Folder, assembly + ".dll");
            CheckWriters(file, problems);
            if (hashes.Count > 0 && !hashes.Contains(hash, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(new PlugInProblem(
                    file, $"Its SHA-256 {hash} is not one of those allowed.", "If you trust the file, add the hash to Policy.PlugInHashes; if not, remove it."));
            }
        }
    }

    /// <summary>Whoever can write there runs code in the gateway. On Windows the access control list says who; see docs/extending.md.</summary>
    private static void CheckWriters(string path, List<PlugInProblem> problems)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherWrite))
            problems.Add(new PlugInProblem(path, "Every account of this machine can write there, and so run code in the gateway.", "Take that right away: chmod o-w."));
    }
}
