using System.Collections.Immutable;

namespace MfaGateway.Policy.Conditions;

/// <summary>A condition under its name. Contains what a plug-in does wrong: an exception or an undefined answer is an Error.</summary>
/// <param name="name">Its name.</param>
/// <param name="wanted">Its values as JSON.</param>
/// <param name="condition">What was made of them.</param>
/// <param name="needs">What it looks at.</param>
/// <param name="isBuiltIn">Not a plug-in's: then one group or claim more never turns a yes into a no.</param>
internal sealed class NamedCondition(string name, string wanted, ICondition condition, PolicyNeeds needs, bool isBuiltIn) : ConditionNode
{
    // From one comparison to an expression held against every value of a claim. A plug-in, of which nothing is known, comes last.
    private static readonly ImmutableArray<string> ByCost =
        ["resource", "device", "client", "platform", "provider", "method", "group", "country", "user", "time", "path", "network", "source", "claim"];

    /// <summary>The condition's name in the document.</summary>
    public string Name => name;

    /// <summary>Its values in the document, as JSON.</summary>
    public string Wanted => wanted;

    public override int Cost { get; } = ByCost.IndexOf(name) is var place and >= 0 ? place + 1 : ByCost.Length + 1;

    public override Match Evaluate(AccessRequest request)
    {
        var says = Ask(request);
        if (request.Unrecorded is not { } unrecorded || (isBuiltIn && says is Match.Yes))
            return says;
        return needs.Overlaps(unrecorded) ? Match.Error : says;
    }

    public override ConditionExplanation Explain(AccessRequest request) =>
        new() { Name = name, Wanted = wanted, Says = Evaluate(request), Found = Describe(request) };

    private Match Ask(AccessRequest request)
    {
#pragma warning disable CA1031 // Whatever a condition throws, the answer is "cannot tell": it must neither permit nor skip a forbid.
        try
        {
            return condition.Evaluate(request) switch { Match.Yes => Match.Yes, Match.No => Match.No, _ => Match.Error };
        }
        catch (Exception)
        {
            return Match.Error;
        }
#pragma warning restore CA1031
    }

    private string Describe(AccessRequest request)
    {
#pragma warning disable CA1031 // An explanation that fails must not hide the explanation of the other conditions.
        try
        {
            return condition.Describe(request);
        }
        catch (Exception error)
        {
            return $"failed: {error.Message}";
        }
#pragma warning restore CA1031
    }
}
