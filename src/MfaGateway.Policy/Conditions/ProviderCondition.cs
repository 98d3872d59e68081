namespace MfaGateway.Policy.Conditions;

/// <summary><c>provider</c>: the identity provider that vouches is one of these, by its name in the gateway's configuration.</summary>
internal sealed class ProviderFactory : IConditionFactory
{
    public string Name => "provider";

    public ICondition Create(ConditionArguments arguments) => new ProviderCondition([.. arguments.Strings()]);

    private sealed class ProviderCondition(string[] providers) : ICondition
    {
        public Match Evaluate(AccessRequest request) => Names.Contain(providers, request.Subject.Provider);

        public string Describe(AccessRequest request) => request.Subject.Provider is { Length: > 0 } provider ? provider : "none";
    }
}
