using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>path</c>: the canonical path is one of these. <c>*</c> stands for anything inside one segment, <c>/**</c> at the end for
/// this path and everything below it. Compared without regard to case, because IIS is.</summary>
internal sealed class PathFactory : IConditionFactory
{
    public string Name => "path";

    public ICondition Create(ConditionArguments arguments)
    {
        var patterns = arguments.Node.Strings();
        foreach (var pattern in patterns)
            Check(pattern);
        return new PathCondition([.. patterns.Select(pattern => new PathPattern(pattern.Text))]);
    }

    private static void Check(DocumentNode pattern)
    {
        var shown = DocumentNode.Quote(pattern.Text);
        var inner = pattern.Text.EndsWith("/**", StringComparison.Ordinal) ? pattern.Text[..^3] : pattern.Text;
        if (!pattern.Text.StartsWith('/'))
            pattern.Report($"the path {shown} does not begin with a slash", "Write for example `/owa/**`");
        else if (inner.Contains("**", StringComparison.Ordinal))
            pattern.Report($"`**` in {shown} is not the last segment", "Write `/**` at the end only; `*` stands for anything inside one segment");
        else if (pattern.Text.AsSpan().IndexOfAny('?', '#') >= 0)
            pattern.Report($"the path {shown} has a query or fragment", "Write the path only; queries are not part of a decision");
    }

    private sealed class PathCondition(PathPattern[] patterns) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            foreach (var pattern in patterns)
            {
                if (pattern.IsMatch(request.Path))
                    return Match.Yes;
            }

            return Match.No;
        }

        public string Describe(AccessRequest request) => request.Path;
    }
}
