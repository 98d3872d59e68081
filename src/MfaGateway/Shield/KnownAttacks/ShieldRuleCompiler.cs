using System.Globalization;
using System.Text.RegularExpressions;
using MfaGateway.Configuration;
using MfaGateway.Exchange;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>Something wrong with a rule, and how to mend it.</summary>
/// <param name="Where">The rule, or its line.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to write instead.</param>
internal sealed record ShieldRuleProblem(string Where, string Message, string Remedy);

/// <summary>Makes rules of their texts. A rule whose examples fail is none.</summary>
internal static class ShieldRuleCompiler
{
    private const int MaxPattern = 500;
    private const int MaxRepeat = 100;

    /// <summary>Linear in the length of what is looked at, whatever the pattern; no culture, no case.</summary>
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    public static Regex Pattern(string pattern) => new(pattern, Options);

    /// <summary>Null when there is a problem.</summary>
    /// <param name="text">The rule as written.</param>
    /// <param name="where">Where it stands, for a rule without an id.</param>
    /// <param name="file">Its file; null for a rule that came with the gateway.</param>
    /// <param name="gateway">Says which headers reach Exchange.</param>
    /// <param name="problems">Takes the problems.</param>
    public static ShieldRule? Compile(ShieldRuleText text, string where, string? file, GatewayOptions gateway, List<ShieldRuleProblem> problems)
    {
        var before = problems.Count;
        var check = new Check(text.Id is { Length: > 0 } id ? $"rule '{id}'" : where, problems);
        check.That(text.Id is { Length: > 0 and <= 64 } name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'), "It has no id of letters, digits, - and .", "Write \"id\": \"2027-01-frobnicate\".");
        check.That(text.Target.Count + text.Headers.Count + text.Cookie.Count > 0, "It looks at nothing.", "Write \"target\", \"headers\" or \"cookie\".");
        check.That(text.Method.All(m => PublishedPaths.VerbOf(m.ToUpperInvariant()) is not Verbs.None), "A method is not GET, HEAD or POST.", "No other reaches Exchange.");
        check.That(text.Hits.Count > 0, "It has no example of what it refuses.", "Write \"hits\": [ \"GET /owa/…\" ]: a rule that misses its attack is noticed only so.");
        var mode = ShieldRuleMode.Block;
        check.That(text.Mode is null || (Enum.TryParse(text.Mode, ignoreCase: true, out mode) && Enum.IsDefined(mode)), $"There is no mode '{text.Mode}'.", "Write block, log or off.");
        DateOnly since = default;
        check.That(text.Since is null || DateOnly.TryParseExact(text.Since, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out since), $"'{text.Since}' is no date.", "Write \"since\": \"2027-01-31\".");
        foreach (var header in text.Headers.Keys)
            check.That(RequestHeaders.MayPass(header, gateway), $"The header '{header}' never reaches Exchange.", "No rule is needed against it; for cookies write \"cookie\".");

        var rule = new ShieldRule
        {
            Id = text.Id ?? "",
            Mode = mode,
            What = text.What ?? "",
            Cves = text.Cve,
            Source = text.Source,
            Since = text.Since is null ? null : since,
            File = file,
            Methods = [.. text.Method.Select(m => m.ToUpperInvariant())],
            Target = [.. text.Target.Select(check.Pattern).OfType<Regex>()],
            Headers = [.. text.Headers.Select(h => (h.Key, check.Pattern(h.Value))).Where(h => h.Item2 is not null).Select(h => (h.Key, h.Item2!))],
            Cookies = [.. text.Cookie.Select(check.Pattern).OfType<Regex>()],
            Hits = text.Hits,
            Passes = text.Passes,
        };
        if (problems.Count > before) return null;
        var alone = new ShieldRuleSet([rule with { Mode = ShieldRuleMode.Block }]);
        foreach (var example in rule.Hits) check.Example(alone, example, expected: true);
        foreach (var example in rule.Passes) check.Example(alone, example, expected: false);
        return problems.Count > before ? null : rule;
    }

    /// <summary>Whether a request that is written down meets one of the rules; null when it is no request, or one without a canonical form, which no rule ever sees.</summary>
    public static bool? Meets(ShieldRuleSet rules, string example) =>
        RequestText.TryParse(example, out var request) && CanonicalTarget.TryParse(request.Target, out var target)
            ? rules.Find(request.ToRequest(), target) is not null
            : null;

    private sealed class Check(string where, List<ShieldRuleProblem> problems)
    {
        public void That(bool holds, string message, string remedy)
        {
            if (!holds) problems.Add(new ShieldRuleProblem(where, message, remedy));
        }

        public Regex? Pattern(string pattern)
        {
            That(pattern.Length is > 0 and <= MaxPattern, $"A pattern is empty or longer than {MaxPattern} characters.", "Divide it into several rules.");
            That(!OtherGroup(pattern), $"'{pattern}' has a group that begins with (? and is not (?:…).", "Look-around, named groups and options cannot be used; list several patterns if all of them must be found. Case never counts.");
            That(!RepeatsTooOften(pattern), $"'{pattern}' repeats something more than {MaxRepeat} times.", "Use + or *.");
            if (pattern.Length is 0 or > MaxPattern || OtherGroup(pattern) || RepeatsTooOften(pattern)) return null;
            try
            {
                return ShieldRuleCompiler.Pattern(pattern);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                That(false, $"'{pattern}' is no regular expression that can be used: {e.Message}", "See .NET's RegexOptions.NonBacktracking: no look-around, no back-references, no atomic groups.");
                return null;
            }
        }

        public void Example(ShieldRuleSet rule, string example, bool expected)
        {
            var result = Meets(rule, example);
            That(result is not null, $"'{example}' is no request that a rule would see.", "Write \"GET /owa/path?query\", headers on further lines (\\n). A target without a canonical form is refused before any rule.");
            That(result is null || result == expected, expected ? $"It does not match its example '{example}'." : $"It matches '{example}', which it should let pass.", "Mend the rule or the example.");
        }

        /// <summary>All patterns are joined to one, and such a group would reach beyond its own.</summary>
        private static bool OtherGroup(string pattern)
        {
            for (var at = pattern.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("(?", at + 1, StringComparison.Ordinal))
            {
                if (at + 2 >= pattern.Length || pattern[at + 2] != ':') return true;
            }

            return false;
        }

        private static bool RepeatsTooOften(string pattern)
        {
            foreach (var part in pattern.Split('{').Skip(1))
            {
                foreach (var number in part.Split('}')[0].Split(','))
                {
                    if (number.Length > 0 && number.All(char.IsAsciiDigit) && (number.Length > 3 || int.Parse(number, CultureInfo.InvariantCulture) > MaxRepeat)) return true;
                }
            }

            return false;
        }
    }
}
