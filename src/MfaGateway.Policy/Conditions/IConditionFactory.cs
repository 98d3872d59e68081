namespace MfaGateway.Policy.Conditions;

/// <summary>Makes conditions of one name. A plug-in is one of these, handed to the compiler.</summary>
public interface IConditionFactory
{
    /// <summary>The name in the policy document, in lower case.</summary>
    string Name { get; }

    /// <summary>Reads the arguments once, at load. Whatever is wrong with them is reported with
    /// <see cref="ConditionArguments.Report"/>; the document is then refused and the returned condition never asked.</summary>
    /// <param name="arguments">The JSON value beside the name, and the networks of the document.</param>
    ICondition Create(ConditionArguments arguments);
}
