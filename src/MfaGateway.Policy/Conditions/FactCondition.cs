using System.Collections.Immutable;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary>One fact of the request is one of the listed words. A fact that was not found out gives no answer.</summary>
internal sealed class FactCondition(string[] words, Func<AccessRequest, string?> fact) : ICondition
{
    public Match Evaluate(AccessRequest request) => fact(request) is { } found ? Names.Contain(words, found) : Match.Error;

    public string Describe(AccessRequest request) => fact(request) ?? "not known";

    /// <summary>The words of a list, each one of the known ones; reports any other.</summary>
    public static string[] Read(ConditionArguments arguments, ImmutableArray<string> known, string what)
    {
        var words = arguments.Node.Strings();
        foreach (var word in words.Where(word => !known.Contains(word.Text, StringComparer.OrdinalIgnoreCase)))
            word.Report($"unknown {what} {DocumentNode.Quote(word.Text)}", () => DidYouMean.Among(known, word.Text));
        return [.. words.Select(word => word.Text)];
    }
}
