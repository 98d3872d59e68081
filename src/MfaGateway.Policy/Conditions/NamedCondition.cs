namespace MfaGateway.Policy.Conditions;

/// <summary>A condition under its name. Contains what a plug-in does wrong: an exception or an undefined answer is an Error.</summary>
internal sealed class NamedCondition(string name, string wanted, ICondition condition) : ConditionNode
{
    /// <summary>The condition's name in the document.</summary>
    public string Name => name;

    /// <summary>Its values in the document, as JSON.</summary>
    public string Wanted => wanted;

    public override Match Evaluate(AccessRequest request)
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

    public override ConditionExplanation Explain(AccessRequest request) =>
        new() { Name = name, Wanted = wanted, Says = Evaluate(request), Found = Describe(request) };

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
