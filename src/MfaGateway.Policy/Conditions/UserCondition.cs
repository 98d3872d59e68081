using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>user</c>: the sign-in name is one of these, or ends in the domain of a <c>*@domain</c>.</summary>
internal sealed class UserFactory : IConditionFactory
{
    public string Name => "user";

    public ICondition Create(ConditionArguments arguments)
    {
        var users = arguments.Node.Strings();
        foreach (var user in users.Where(user => user.Text.Contains('*', StringComparison.Ordinal) && !IsDomain(user.Text)))
            user.Report($"{DocumentNode.Quote(user.Text)} is not a user", "`*` may only stand for everybody of a domain: `*@contoso.com`");
        return new UserCondition(
            [.. users.Select(user => user.Text).Where(user => !IsDomain(user))],
            [.. users.Select(user => user.Text).Where(IsDomain).Select(user => user[1..])]);
    }

    private static bool IsDomain(string user) => user.StartsWith("*@", StringComparison.Ordinal) && user.Length > 2 && user.LastIndexOfAny(['*', '@']) == 1;

    private sealed class UserCondition(string[] users, string[] domains) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            var user = request.Subject.User;
            if (Names.Contain(users, user) is Match.Yes)
                return Match.Yes;
            foreach (var domain in domains)
            {
                if (user.Length > domain.Length && user.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
                    return Match.Yes;
            }

            return Match.No;
        }

        public string Describe(AccessRequest request) => request.Subject.User is { Length: > 0 } user ? user : "nobody";
    }
}
