using System.Security.Cryptography;
using MfaGateway.Policy;

namespace MfaGateway.PlugIns;

/// <summary>The assemblies in a plug-in's folder, with the hashes they were checked by. Only bytes that were hashed are ever loaded: a file that is exchanged
/// after the check is refused.</summary>
internal sealed class PlugInFiles
{
    /// <summary>The contract comes from the gateway, whatever lies in the folder: two copies of it would be two different contracts.</summary>
    private static readonly string _contract = typeof(PolicySet).Assembly.GetName().Name!;

    private readonly Dictionary<string, string> _hashes;

    private PlugInFiles(string folder, Dictionary<string, string> hashes) => (Folder, _hashes) = (folder, hashes);

    public string Folder { get; }

    /// <summary>Name of the folder, and so of the plug-in's assembly.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>The hash of an assembly; null when there is no such file.</summary>
    public string? HashOf(string assembly) => _hashes.GetValueOrDefault(assembly);

    /// <summary>Assemblies with their hashes.</summary>
    public IEnumerable<(string Assembly, string Hash)> All => _hashes.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => (file.Key, file.Value));

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static PlugInFiles Of(string folder) => new(folder, Directory.EnumerateFiles(folder, "*.dll")
        .Where(file => !Path.GetFileNameWithoutExtension(file).Equals(_contract, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => Hash(File.ReadAllBytes(file)), StringComparer.OrdinalIgnoreCase));

    /// <summary>The bytes of an assembly that is in the folder.</summary>
    /// <exception cref="FileLoadException">They are not those that were hashed.</exception>
    public byte[] Read(string assembly)
    {
        var file = Path.Combine(Folder, assembly + ".dll");
        var bytes = File.ReadAllBytes(file);
        return Hash(bytes) == HashOf(assembly) ? bytes : throw new FileLoadException("The file was exchanged after it was checked.", file);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
