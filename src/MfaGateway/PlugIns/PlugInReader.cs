using System.Reflection;
using MfaGateway.Policy;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.PlugIns;

/// <summary>Loads one plug-in and makes its factories. Whatever it throws is a problem with its name on it.</summary>
internal static class PlugInReader
{
    private static readonly AssemblyName _contract = typeof(PolicySet).Assembly.GetName();

    /// <summary>Null when there is a problem.</summary>
    public static PlugIn? Read(PlugInFiles files, List<PlugInProblem> problems)
    {
        var before = problems.Count;
#pragma warning disable CA1031 // a stranger's code runs here for the first time: it may throw anything, and the operator must read which plug-in it was
        try
        {
            var assembly = new PlugInContext(files).LoadMain();
            CheckContract(files, assembly, problems);
            if (problems.Count > before) return null;
            List<Type> types = [.. assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IConditionFactory).IsAssignableFrom(type))];
            if (types.Count == 0) Report("It has no condition: no public class in it implements IConditionFactory.", "Remove it, or build it with one.");
            List<IConditionFactory> factories = [.. types.Select(Make).OfType<IConditionFactory>()];
            return problems.Count > before ? null : new PlugIn(files.Name, VersionOf(assembly), files.HashOf(files.Name)!, factories);
        }
        catch (Exception e)
        {
            Report($"It cannot be loaded: {e.GetBaseException().Message}", "Publish it for this version of .NET, with everything it needs in its folder.");
            return null;
        }

        IConditionFactory? Make(Type type)
        {
            try
            {
                if (type.ContainsGenericParameters || type.GetConstructor(Type.EmptyTypes) is null)
                {
                    Report($"'{type.FullName}' cannot be made: it has type parameters, or no public constructor without parameters.", "A factory needs such a constructor.");
                    return null;
                }

                var factory = (IConditionFactory)Activator.CreateInstance(type)!;
                if (factory.Name is { Length: > 0 and <= 64 } name && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-')) return factory;
                Report($"'{type.FullName}' gives its condition no usable name.", "Use lower-case letters, digits and -, at most 64.");
            }
            catch (Exception e)
            {
                Report($"'{type.FullName}' cannot be made: {e.GetBaseException().Message}", "Mend the plug-in; its constructor must not fail.");
            }

            return null;
        }
#pragma warning restore CA1031

        void Report(string message, string remedy) => problems.Add(new PlugInProblem(files.Name, message, remedy));
    }

    /// <summary>A plug-in built against a later contract could fail in the middle of a decision; better now.</summary>
    private static void CheckContract(PlugInFiles files, Assembly assembly, List<PlugInProblem> problems)
    {
        if (!assembly.GetName().Name!.Equals(files.Name, StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(new PlugInProblem(
                files.Name, $"The assembly in it calls itself '{assembly.GetName().Name}'.", "Do not rename assemblies; name the folder like the assembly."));
        }

        var wanted = assembly.GetReferencedAssemblies().Where(reference => reference.Name == _contract.Name).Max(reference => reference.Version);
        if (wanted is not null && (wanted > _contract.Version || wanted.Major != _contract.Version!.Major))
        {
            problems.Add(new PlugInProblem(
                files.Name, $"It was built for {_contract.Name} {wanted}, and this gateway has {_contract.Version}.", "Build it for this gateway's version."));
        }
    }

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString() ?? "";
}
