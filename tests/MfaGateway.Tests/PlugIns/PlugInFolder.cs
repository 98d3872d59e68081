using System.Reflection.Emit;
using System.Security.Cryptography;
using MfaGateway.PlugIns;

namespace MfaGateway.Tests.PlugIns;

/// <summary>A folder of plug-ins that a test fills.</summary>
public sealed class PlugInFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plug-ins-");

    public string Path => _folder.FullName;

    public string PathOf(string plugIn, string? file = null) => System.IO.Path.Combine(Path, plugIn, file ?? plugIn + ".dll");

    public void Add(string plugIn, byte[] bytes, string? file = null)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, plugIn));
        File.WriteAllBytes(PathOf(plugIn, file), bytes);
    }

    internal void Add(string plugIn, Action<ModuleBuilder> fill) => Add(plugIn, MadeAssembly.Of(plugIn, fill));

    public LoadedPlugIns Load(params string[] hashes) => PlugInLoader.Load(Path, hashes);

    public string HashOf(string plugIn, string? file = null) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(PathOf(plugIn, file))));

    public void Dispose() => _folder.Delete(recursive: true);
}
