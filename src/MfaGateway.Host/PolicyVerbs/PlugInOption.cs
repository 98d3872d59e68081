using System.CommandLine;
using MfaGateway.PlugIns;
using MfaGateway.Policy.Conditions;

namespace MfaGateway.Host.PolicyVerbs;

/// <summary>Gives a verb the conditions of the plug-ins named on the command line.</summary>
internal static class PlugInOption
{
    /// <summary>Runs the verb; or complains, when a plug-in cannot be used.</summary>
    public static Task<int> RunAsync(ParseResult parse, Option<DirectoryInfo> option, Func<IReadOnlyList<IConditionFactory>, Task<int>> verb)
    {
        if (parse.GetValue(option) is not { } folder)
            return verb([]);
        var loaded = PlugInLoader.Load(folder.FullName, []);
        return loaded.Problems.Count == 0
            ? verb(loaded.Conditions)
            : Task.FromResult(Streams.Of(parse).Complain(loaded.Problems.Select(problem => problem.ToString())));
    }

    /// <summary>Runs a verb that opens documents with these conditions.</summary>
    public static Task<int> RunAsync(ParseResult parse, Option<DirectoryInfo> option, InputFiles files, Func<PolicyInput, Streams, Task<int>> verb)
    {
        var streams = Streams.Of(parse);
        return RunAsync(parse, option, conditions => verb(new PolicyInput(files, streams, conditions), streams));
    }
}
