using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Policy.Conditions;

/// <summary><c>claim</c>: at least one of these tests holds. A test names a claim type, an operator and a value; types and values are
/// compared exactly.</summary>
internal sealed class ClaimFactory : IConditionFactory
{
    // Non-backtracking matching takes time linear in the claim, microseconds for most. The limit is long because it runs on the wall's clock: a thread that
    // others push aside for a tenth of a second has not met an endless claim, and must not answer "cannot tell".
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public string Name => "claim";

    public ICondition Create(ConditionArguments arguments)
    {
        var tests = arguments.Node.Items().Select(ReadTest).OfType<ClaimTest>().ToList();
        foreach (var test in tests)
            arguments.NeedsClaim(test.Type);
        return new ClaimCondition([.. tests]);
    }

    private static ClaimTest? ReadTest(DocumentNode node)
    {
        var fields = node.Fields(Words.ClaimKeys);
        if (node.Json.ValueKind is not JsonValueKind.Object)
            return null;
        var type = Required(node, fields, "type", "the claim's type, for example `department`");
        var name = Required(node, fields, "operator", "one of `equals`, `in`, `exists`, `matches`");
        if (type is not { } typeNode || name is not { } operatorNode || !typeNode.IsText() || !operatorNode.IsText())
            return null;
        if (!Words.Operators.Contains(operatorNode.Text))
        {
            operatorNode.Report($"unknown operator {DocumentNode.Quote(operatorNode.Text)}", () => DidYouMean.Among(Words.Operators, operatorNode.Text));
            return null;
        }

        DocumentNode? value = fields.TryGetValue("value", out var found) ? found : null;
        if (operatorNode.Text == "exists")
        {
            value?.Report("`exists` takes no value", "Leave `value` out, or use `equals`");
            return new ClaimTest(typeNode.Text, _ => true);
        }

        if (value is null)
            node.Report($"`{operatorNode.Text}` needs a value", "Write `value`");
        return value is { } given && Holds(operatorNode.Text, given) is { } holds ? new ClaimTest(typeNode.Text, holds) : null;
    }

    private static DocumentNode? Required(DocumentNode node, Dictionary<string, DocumentNode> fields, string key, string what)
    {
        if (fields.TryGetValue(key, out var field))
            return field;
        node.Report($"`{key}` is missing", $"Write {what}");
        return null;
    }

    private static Predicate<string>? Holds(string name, DocumentNode value)
    {
        if (name == "in")
        {
            var values = value.Strings().Select(item => item.Text).ToFrozenSet(StringComparer.Ordinal);
            return values.Contains;
        }

        if (!value.IsText())
            return null;
        var text = value.Text;
        if (name == "equals")
            return claim => string.Equals(claim, text, StringComparison.Ordinal);
        if (Pattern(value) is not { } pattern)
            return null;
        var beginning = Beginning(text);
        return claim => claim.AsSpan().StartsWith(beginning) && pattern.IsMatch(claim);
    }

    /// <summary>What every match begins with, where the expression says so in plain letters: `Legal ` in `^Legal [A-Z]+$`. Most claims are told by it, and
    /// comparing takes a tenth of the time of matching.</summary>
    internal static string Beginning(string expression)
    {
        if (!expression.StartsWith('^') || expression.Contains('|', StringComparison.Ordinal)) // an alternative may begin otherwise
            return "";
        var end = 1;
        while (end < expression.Length && IsPlain(expression[end]))
            end++;
        if (end > 1 && end < expression.Length && expression[end] is ('*' or '?' or '+' or '{')) // the last one may be missing or come again
            end--;
        return expression[1..end];
    }

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is ' ' or '_' or '-' or '/' or '@' or ':' or ',';

    private static Regex? Pattern(DocumentNode value)
    {
        try
        {
            return new Regex(value.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout);
        }
        catch (ArgumentException error)
        {
            value.Report($"{DocumentNode.Quote(value.Text)} is not a regular expression: {error.Message.TrimEnd('.')}", "Correct the expression");
        }
        catch (NotSupportedException)
        {
            value.Report(
                $"{DocumentNode.Quote(value.Text)} uses look-around, back-references or atomic groups",
                "Write it without them: they can take unbounded time on a hostile claim");
        }

        return null;
    }

    private sealed record ClaimTest(string Type, Predicate<string> Holds);

    private sealed class ClaimCondition(ClaimTest[] tests) : ICondition
    {
        public Match Evaluate(AccessRequest request)
        {
            var result = Match.No;
            foreach (var test in tests)
            {
                var says = Evaluate(test, request.Subject);
                if (says is Match.Yes)
                    return Match.Yes;
                if (says is Match.Error)
                    result = Match.Error;
            }

            return result;
        }

        public string Describe(AccessRequest request) => string.Join("; ", tests.Select(test => test.Type).Distinct(StringComparer.Ordinal).Select(type =>
            request.Subject.Claims.TryGetValue(type, out var values) ? $"{type} = {Names.Show(values)}" : $"no {type}"));

        private static Match Evaluate(ClaimTest test, AccessSubject subject)
        {
            if (!subject.ClaimSet.TryGetValue(test.Type, out var values))
                return Match.No;
            var result = Match.No;
            foreach (var value in values)
            {
                try
                {
                    if (test.Holds(value))
                        return Match.Yes;
                }
                catch (RegexMatchTimeoutException)
                {
                    result = Match.Error; // another value may still match
                }
            }

            return result;
        }
    }
}
