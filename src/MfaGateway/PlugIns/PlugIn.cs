using MfaGateway.Policy.Conditions;

namespace MfaGateway.PlugIns;

/// <summary>A plug-in that was loaded.</summary>
/// <param name="Name">Name of its assembly, and of its folder.</param>
/// <param name="Version">Its informational version, or else the version of its assembly.</param>
/// <param name="Sha256">SHA-256 of its assembly, in lower-case hex.</param>
/// <param name="Conditions">What makes the conditions it adds.</param>
public sealed record PlugIn(string Name, string Version, string Sha256, IReadOnlyList<IConditionFactory> Conditions);

/// <summary>Why a plug-in cannot be used.</summary>
/// <param name="Where">The folder or file.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record PlugInProblem(string Where, string Message, string Remedy)
{
    /// <summary>All three in one line.</summary>
    public override string ToString() => $"{Where}: {Message} {Remedy}";
}

/// <summary>What a folder of plug-ins held: all of them, or everything that is wrong.</summary>
/// <param name="PlugIns">The plug-ins by name; empty when there is a problem.</param>
/// <param name="Problems">All problems at once.</param>
public sealed record LoadedPlugIns(IReadOnlyList<PlugIn> PlugIns, IReadOnlyList<PlugInProblem> Problems)
{
    /// <summary>What makes the conditions, of all plug-ins together.</summary>
    public IReadOnlyList<IConditionFactory> Conditions { get; } = [.. PlugIns.SelectMany(plugIn => plugIn.Conditions)];
}
