namespace MfaGateway.Policy.Conditions;

/// <summary><c>client</c>: the kind of client software is one of these. Known from what the software says of itself, which anybody can forge.</summary>
internal sealed class ClientFactory : IConditionFactory
{
    public string Name => "client";

    public ICondition Create(ConditionArguments arguments)
    {
        arguments.Needs(RequestFacts.Client);
        return new FactCondition(FactCondition.Read(arguments, ClientNames.All, "client"), static request => request.Client);
    }
}
