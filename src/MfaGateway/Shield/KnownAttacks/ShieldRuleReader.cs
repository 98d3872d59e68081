using System.Text.Json;
using MfaGateway.Configuration;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>Rules that were read, and everything that is wrong with them.</summary>
internal sealed record ReadShieldRules(string? Version, IReadOnlyList<ShieldRule> Rules, IReadOnlyList<ShieldRuleProblem> Problems);

/// <summary>Reads files of rules.</summary>
internal static class ShieldRuleReader
{
    public const int MaxBytes = 1_048_576;
    private const int MaxRules = 500;

    private static readonly Lazy<ReadShieldRules> _shipped = new(() => Read(ShippedText(), null, lines: false, new GatewayOptions()));

    /// <summary>The rules that came with the gateway.</summary>
    public static ReadShieldRules Shipped => _shipped.Value;

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file's name; a name that ends in <c>.jsonl</c> has a rule on each line.</param>
    /// <param name="gateway">Says which headers reach Exchange.</param>
    public static ReadShieldRules Read(string text, string file, GatewayOptions gateway) =>
        Read(text, file, Path.GetExtension(file).Equals(".jsonl", StringComparison.OrdinalIgnoreCase), gateway);

    private static ReadShieldRules Read(string text, string? file, bool lines, GatewayOptions gateway)
    {
        var problems = new List<ShieldRuleProblem>();
        var (version, texts) = lines ? (null, Lines(text, problems)) : Document(text, problems);
        if (texts.Count > MaxRules) problems.Add(new ShieldRuleProblem("file", $"It has {texts.Count} rules.", $"Use at most {MaxRules}; every request is compared with each."));
        var rules = texts.Take(MaxRules).Select(rule => ShieldRuleCompiler.Compile(rule.Rule, rule.Where, file, gateway, problems)).OfType<ShieldRule>().ToList();
        foreach (var twice in rules.GroupBy(rule => rule.Id, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            problems.Add(new ShieldRuleProblem($"rule '{twice.Key}'", "Its id stands there twice.", "Give each rule an id of its own."));
        return new ReadShieldRules(version, rules, problems);
    }

    private static List<(ShieldRuleText Rule, string Where)> Lines(string text, List<ShieldRuleProblem> problems)
    {
        var rules = new List<(ShieldRuleText, string)>();
        foreach (var (number, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            if (line.AsSpan().Trim() is [] or ['/', '/', ..]) continue;
            if (Parse(() => JsonSerializer.Deserialize(line, ShieldRuleJson.Default.ShieldRuleText), $"line {number + 1}", problems) is { } rule) rules.Add((rule, $"line {number + 1}"));
        }

        return rules;
    }

    private static (string?, List<(ShieldRuleText Rule, string Where)>) Document(string text, List<ShieldRuleProblem> problems) =>
        Parse(() => JsonSerializer.Deserialize(text, ShieldRuleJson.Default.ShieldRuleFile), "file", problems) is { } file
            ? (file.Version, [.. file.Rules.Select((rule, n) => (rule, $"$.rules[{n}]"))])
            : (null, []);

    private static T? Parse<T>(Func<T?> parse, string where, List<ShieldRuleProblem> problems)
        where T : class
    {
        try
        {
            if (parse() is { } value) return value;
            problems.Add(new ShieldRuleProblem(where, "It is null.", "Write a rule: { \"id\": …, \"target\": …, \"hits\": [ … ] }."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(new ShieldRuleProblem(where, ConfigurationShape.Sentence($"It cannot be read: {e.Message}"), "docs/shield.md lists what a rule has; a .jsonl file has one rule on each line, a .json file { \"rules\": [ … ] }."));
        }

        return null;
    }

    private static string ShippedText()
    {
        using var stream = typeof(ShieldRuleReader).Assembly.GetManifestResourceStream("exchange-attacks.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
