using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>resource</c>: the published application is one of these.</summary>
internal sealed class ResourceFactory : IConditionFactory
{
    public const string Word = "resource";

    public string Name => Word;

    public ICondition Create(ConditionArguments arguments)
    {
        var resources = arguments.Node.Strings();
        foreach (var resource in resources.Where(resource => !IsKnown(resource.Text)))
            resource.Report($"unknown resource {DocumentNode.Quote(resource.Text)}", () => DidYouMean.Among(ResourceNames.All, resource.Text));
        // The very strings of the constants: requests bear them too, and equal references are compared fastest.
        return new ResourceCondition([.. ResourceNames.All.Where(name => resources.Any(resource => Same(name, resource.Text)))]);
    }

    public static bool IsKnown(string resource) => ResourceNames.All.Any(name => Same(name, resource));

    private static bool Same(string name, string resource) => string.Equals(name, resource, StringComparison.OrdinalIgnoreCase);

    private sealed class ResourceCondition(string[] resources) : ICondition
    {
        public Match Evaluate(AccessRequest request) => Names.Contain(resources, request.Resource);

        public string Describe(AccessRequest request) => request.Resource;
    }
}
