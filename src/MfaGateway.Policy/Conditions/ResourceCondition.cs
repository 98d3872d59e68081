using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>resource</c>: the published application is one of these.</summary>
internal sealed class ResourceFactory : IConditionFactory
{
    public string Name => "resource";

    public ICondition Create(ConditionArguments arguments)
    {
        var resources = arguments.Node.Strings();
        foreach (var resource in resources.Where(resource => !IsKnown(resource.Text)))
            resource.Report($"unknown resource {DocumentNode.Quote(resource.Text)}", DidYouMean.Among(ResourceNames.All, resource.Text));
        return new ResourceCondition([.. resources.Select(resource => resource.Text)]);
    }

    public static bool IsKnown(string resource) => ResourceNames.All.Contains(resource, StringComparer.OrdinalIgnoreCase);

    private sealed class ResourceCondition(string[] resources) : ICondition
    {
        public Match Evaluate(AccessRequest request) => Names.Contain(resources, request.Resource);

        public string Describe(AccessRequest request) => request.Resource;
    }
}
