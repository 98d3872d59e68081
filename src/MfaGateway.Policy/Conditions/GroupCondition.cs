namespace MfaGateway.Policy.Conditions;

/// <summary><c>group</c>: the user is a member of at least one of these groups.</summary>
internal sealed class GroupFactory : IConditionFactory
{
    public string Name => "group";

    public ICondition Create(ConditionArguments arguments)
    {
        var groups = arguments.Strings();
        foreach (var group in groups)
            arguments.NeedsGroup(group);
        return new GroupCondition([.. groups]);
    }

    private sealed class GroupCondition(string[] groups) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            var memberships = request.Subject.GroupSet;
            foreach (var group in groups)
            {
                if (memberships.Contains(group))
                    return Match.Yes;
            }

            return Match.No;
        }

        public string Describe(AccessRequest request) => Names.Show(request.Subject.Groups);
    }
}
