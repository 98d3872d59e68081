using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary>The conditions a document may use, by name: the built-in ones and the plug-ins.</summary>
internal sealed class ConditionCatalog
{
    private static readonly ImmutableArray<string> Connectives = ["not", "any", "all"];

    private static readonly ImmutableArray<IConditionFactory> BuiltIn =
    [
        new ResourceFactory(), new UserFactory(), new GroupFactory(), new NetworkFactory(), new SourceFactory(),
        new ProviderFactory(), new ClaimFactory(), new DeviceFactory(), new ClientFactory(), new PlatformFactory(), new CountryFactory(),
        new TimeFactory(), new PathFactory(), new MethodFactory(),
    ];

    private readonly FrozenDictionary<string, IConditionFactory> _factories;

    /// <exception cref="ArgumentException">Two factories bear one name, or one bears the name of a built-in word.</exception>
    public ConditionCatalog(IEnumerable<IConditionFactory> plugIns)
    {
        var factories = new Dictionary<string, IConditionFactory>(StringComparer.Ordinal);
        foreach (var factory in BuiltIn.Concat(plugIns))
        {
            if (Connectives.Contains(factory.Name) || !factories.TryAdd(factory.Name, factory))
                throw new ArgumentException($"There are two policy conditions named `{factory.Name}`.", nameof(plugIns));
        }

        _factories = factories.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Every key that may stand in a block of conditions.</summary>
    public IEnumerable<string> Keys => _factories.Keys.Concat(Connectives);

    public ConditionNode? Create(string name, DocumentNode node, ConditionContext context)
    {
        if (!_factories.TryGetValue(name, out var factory))
        {
            node.Report($"unknown condition {DocumentNode.Quote(name)}", () => DidYouMean.Among(Keys, name));
            return null;
        }

#pragma warning disable CA1031 // A plug-in that throws on its arguments makes the document wrong; it must not end the process that reloads it.
        try
        {
            var own = new ConditionContext(context.Networks);
            var condition = factory.Create(new ConditionArguments(node, own));
            var needs = own.ToNeeds();
            context.Add(needs);
            return new NamedCondition(name, JsonSerializer.Serialize(node.Json), condition, needs, BuiltIn.Contains(factory));
        }
        catch (Exception error)
        {
            node.Report($"the condition `{name}` does not accept this: {error.Message}", "See the documentation of the condition");
            return null;
        }
#pragma warning restore CA1031
    }
}
