using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>method</c>: a value in capital letters is an HTTP verb, any other an authentication method (RFC 8176).</summary>
internal sealed class MethodFactory : IConditionFactory
{
    public string Name => "method";

    public ICondition Create(ConditionArguments arguments)
    {
        var values = arguments.Node.Strings();
        foreach (var value in values.Where(value => AuthenticationMethod.LooksLikeVerb(value.Text) && !Words.Verbs.Contains(value.Text)))
        {
            value.Report(
                $"{DocumentNode.Quote(value.Text)} is neither an HTTP verb, in capital letters, nor an authentication method, in lower case",
                () => DidYouMean.Among(Words.Verbs, value.Text));
        }

        var verbs = values.Select(value => value.Text).Where(AuthenticationMethod.LooksLikeVerb);
        return new MethodCondition([.. verbs], [.. values.Select(value => value.Text).Where(value => !AuthenticationMethod.LooksLikeVerb(value))]);
    }

    private sealed class MethodCondition(string[] verbs, string[] methods) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            foreach (var verb in verbs)
            {
                if (string.Equals(verb, request.HttpMethod, StringComparison.Ordinal)) // RFC 9110 section 9.1: verbs are case-sensitive
                    return Match.Yes;
            }

            foreach (var method in methods)
            {
                if (request.Subject.Methods.Contains(method))
                    return Match.Yes;
            }

            return Match.No;
        }

        public string Describe(AccessRequest request) => verbs.Length == 0
            ? Names.Show(request.Subject.Methods)
            : $"{request.HttpMethod}; signed in with {Names.Show(request.Subject.Methods)}";
    }
}

/// <summary>Telling authentication methods from HTTP verbs.</summary>
internal static class AuthenticationMethod
{
    /// <summary>A word that begins with a capital letter and has letters only. The names of RFC 8176 and of AD FS begin in lower case.</summary>
    public static bool LooksLikeVerb(string value) => char.IsAsciiLetterUpper(value[0]) && value.All(char.IsAsciiLetter);
}
