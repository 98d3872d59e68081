using System.Reflection;
using System.Runtime.Loader;
using MfaGateway.Policy;

namespace MfaGateway.PlugIns;

/// <summary>
/// Where one plug-in and what it brings along are loaded, apart from the gateway and from other plug-ins, so that two may bring two versions of one library
/// (learn.microsoft.com, "Create a .NET Core application with plugins"). Shared with the gateway are its contract and the runtime.
/// </summary>
internal sealed class PlugInContext(PlugInFiles files) : AssemblyLoadContext(files.Name)
{
    private static readonly Assembly _contract = typeof(PolicySet).Assembly;

    public Assembly LoadMain() => LoadOwn(files.Name);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var name = assemblyName.Name!;
        if (name.Equals(_contract.GetName().Name, StringComparison.OrdinalIgnoreCase)) return _contract;
        return files.HashOf(name) is null ? null : LoadOwn(name); // null: the runtime's
    }

    /// <summary>From memory: the file is not locked, so a new version can be laid beside a running gateway.</summary>
    private Assembly LoadOwn(string name)
    {
        using var bytes = new MemoryStream(files.Read(name));
        return LoadFromStream(bytes);
    }
}
