namespace MfaGateway.Policy.Conditions;

/// <summary><c>platform</c>: the device platform is one of these. Known from what the software says of itself, which anybody can forge.</summary>
internal sealed class PlatformFactory : IConditionFactory
{
    public string Name => "platform";

    public ICondition Create(ConditionArguments arguments)
    {
        arguments.Needs(RequestFacts.Platform);
        return new FactCondition(FactCondition.Read(arguments, PlatformNames.All, "platform"), static request => request.Platform);
    }
}
