using MfaGateway.Configuration;
using MfaGateway.Policy.Documents;

namespace MfaGateway.Shield.KnownAttacks;

/// <summary>Makes the rules in force of what the settings name, and reports everything that is wrong. For the start, for a reload and for the check alike.</summary>
internal static class ShieldRuleLoader
{
    private const string Section = "Shield.Rules";
    private static readonly string[] _modes = Enum.GetNames<ShieldRuleMode>();

    /// <summary>Null when there is any problem with the rules.</summary>
    public static ShieldRuleSet? Load(GatewayOptions gateway, Rules check)
    {
        var options = gateway.Shield.Rules;
        var good = check.OneOf($"{Section}.Mode", options.Mode, _modes);
        foreach (var (id, word) in options.Modes) good &= check.OneOf($"{Section}.Modes.{id}", word, _modes);

        var rules = new List<ShieldRule>(options.Shipped ? ShieldRuleReader.Shipped.Rules : []);
        for (var n = 0; n < options.Files.Count; n++) good &= Add(rules, $"{Section}.Files[{n}]", options.Files[n], gateway, check);
        if (!good) return null;

        var ids = rules.ConvertAll(rule => rule.Id);
        foreach (var id in options.Modes.Keys.Except(ids, StringComparer.OrdinalIgnoreCase))
            good &= check.That(false, $"{Section}.Modes.{id}", $"There is no rule '{id}'.", ConfigurationShape.Sentence(DidYouMean.Among(ids, id)));
        return good ? new ShieldRuleSet(rules.ConvertAll(rule => rule with { Mode = ModeOf(rule, options) })) : null;
    }

    private static bool Add(List<ShieldRule> rules, string setting, string file, GatewayOptions gateway, Rules check)
    {
        if (!check.Readable(setting, file)) return false;
        var path = check.Resolve(file);
        if (!check.That(new FileInfo(path).Length <= ShieldRuleReader.MaxBytes, setting, $"'{file}' is larger than {ShieldRuleReader.MaxBytes:N0} bytes.", "Name a file of rules.")) return false;
        var read = ShieldRuleReader.Read(File.ReadAllText(path), file, gateway);
        foreach (var problem in read.Problems) check.That(false, setting, $"In '{file}', {problem.Where}: {problem.Message}", problem.Remedy);
        var good = read.Problems.Count == 0;
        foreach (var rule in read.Rules.Where(rule => rules.Exists(other => other.Id.Equals(rule.Id, StringComparison.OrdinalIgnoreCase))))
            good &= check.That(false, setting, $"In '{file}', rule '{rule.Id}': another rule has this id.", $"Give it another; to switch the other one off, set {Section.Replace('.', ':')}:Modes.");
        rules.AddRange(read.Rules);
        return good;
    }

    private static ShieldRuleMode ModeOf(ShieldRule rule, ShieldRuleOptions options)
    {
        var own = options.Modes.TryGetValue(rule.Id, out var word) ? Enum.Parse<ShieldRuleMode>(word, ignoreCase: true) : rule.Mode;
        var all = Enum.Parse<ShieldRuleMode>(options.Mode, ignoreCase: true);
        return own > all ? own : all; // the milder of the two
    }
}
